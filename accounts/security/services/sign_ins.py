"""Sign-ins: listed, ended one by one or all; shortened early, forgotten when over or old.

One is a row of allauth's `UserSession` and the web session it names; a client of the API that
carries a session token has the same two.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.db.models import (
    Exists,
    F,
    Func,
    GenericIPAddressField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from accounts.identity.models import User
from accounts.security.models import AccountLock
from foundation.live import cut_people


class Shortened(Func):
    """An address with its end set to zero: /24 of IPv4, /48 of IPv6.

    What is left tells a network and roughly a region, and no household any more.
    """

    template = (
        "set_masklen("
        "network(set_masklen(%(expressions)s, "
        "CASE family(%(expressions)s) WHEN 4 THEN 24 ELSE 48 END))::inet, "
        "CASE family(%(expressions)s) WHEN 4 THEN 32 ELSE 128 END)"
    )
    output_field = GenericIPAddressField()


@transaction.atomic
def shorten_addresses(batch: int) -> int:
    """Shorten the addresses of sign-ins that are old enough; return how many were."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_IP_DAYS)
    whole = UserSession.objects.filter(created_at__lt=limit).exclude(ip=Shortened(F("ip")))
    rows = whole.select_for_update(skip_locked=True).order_by("created_at")
    keys = list(rows.values_list("pk", flat=True)[:batch])
    UserSession.objects.filter(pk__in=keys).update(ip=Shortened(F("ip")))
    return len(keys)


@transaction.atomic
def forget_old(batch: int) -> int:
    """Delete sign-ins that are too old, and end the web sessions that still hang on them."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_SIGN_INS_DAYS)
    old = UserSession.objects.filter(created_at__lt=limit).select_for_update(skip_locked=True)
    rows = dict(old.order_by("created_at").values_list("pk", "session_key")[:batch])
    Session.objects.filter(session_key__in=rows.values()).delete()
    UserSession.objects.filter(pk__in=rows).delete()
    return len(rows)


@transaction.atomic
def end_one(user: User, row: UserSession) -> None:
    """End one of a person's own sign-ins: the web session, its record, open sockets."""
    Session.objects.filter(session_key=row.session_key).delete()
    UserSession.objects.filter(pk=row.pk, user=user).delete()
    cut_people(user.pk)


@transaction.atomic
def end_all(user: User, but: str | None = None) -> int:
    """End every sign-in of a person, or all but the web session with the key `but`.

    Web sessions, session tokens of apps, open sockets. Returns how many sign-ins there were.
    Idempotent.
    """
    rows = UserSession.objects.filter(user=user)
    if but:
        rows = rows.exclude(session_key=but)
    keys = dict(rows.values_list("pk", "session_key"))
    Session.objects.filter(session_key__in=keys.values()).delete()
    UserSession.objects.filter(pk__in=keys).delete()
    cut_people(user.pk)
    return len(keys)


def person_behind(scope: Mapping[str, Any]) -> User | None:
    """Return who an open socket belongs to, while the sign-in that opened it stands.

    Somebody else's app acts there for nobody who keeps such apps out, and for no child: the same as
    over HTTP (`accounts.sign_in.middleware.OutsideApps`), where it may at least read.
    """
    locks = AccountLock.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    people = User.objects.filter(User.present(), ~Exists(locks), pk=scope["user"].pk)
    key = getattr(scope.get("session"), "session_key", None)
    if key is not None:
        people = people.filter(
            Exists(Session.objects.filter(session_key=key, expire_date__gt=timezone.now()))
        )
    if scope.get("app") is not None:
        people = people.filter(api_access=True).exclude(age_group=User.AgeGroup.CHILD)
    return people.first()


def forget_ended(batch: int) -> int:
    """Delete sign-ins whose web session is gone."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    ended = UserSession.objects.filter(~Exists(alive)).order_by("pk")
    keys = list(ended.values_list("pk", flat=True)[:batch])
    UserSession.objects.filter(pk__in=keys).delete()
    return len(keys)


def standing(user: User) -> QuerySet[Any]:
    """Return a person's sign-ins whose web session is there, each with when it runs out."""
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    ends = alive.values("expire_date")[:1]
    rows: QuerySet[Any] = UserSession.objects.filter(Exists(alive), user=user).annotate(
        ends_at=Subquery(ends)
    )
    return rows


def token_of(row: UserSession) -> str:
    """Return what a page names a sign-in by: signed for its person, and no key of a session."""
    return signing.dumps(row.pk, salt=f"sign-in:{row.user_id}")


def end_by(user: User, token: str) -> bool:
    """End the sign-in that a page named; return whether there was one."""
    try:
        key = signing.loads(token, salt=f"sign-in:{user.pk}")
    except signing.BadSignature:
        return False
    row = UserSession.objects.filter(user=user, pk=key).first()
    if row is not None:
        end_one(user, row)
    return row is not None
