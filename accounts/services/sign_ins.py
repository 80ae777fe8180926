"""Sign-ins: their addresses are shortened early, and they are forgotten when over or old."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, F, Func, GenericIPAddressField, OuterRef
from django.utils import timezone

from accounts.models import User
from foundation.live import cut


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
    transaction.on_commit(lambda: cut(f"user.{user.pk}"))


def forget_ended(batch: int) -> int:
    """Delete sign-ins whose web session is gone."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    ended = UserSession.objects.filter(~Exists(alive)).order_by("pk")
    keys = list(ended.values_list("pk", flat=True)[:batch])
    UserSession.objects.filter(pk__in=keys).delete()
    return len(keys)
