"""Accounts that time ends: never confirmed, or not used for years and warned twice.

Both leave through the one door that everybody leaves through, `privacy.erasure`.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.identity.models import Dormancy, User
from privacy import erasure, notices

FIRST_WARNING = timedelta(days=60)  # before the account leaves
SECOND_WARNING = timedelta(days=14)


def end_unconfirmed(batch: int) -> int:
    """Let accounts go whose address was never confirmed; return how many began to leave."""
    keys = list(_unconfirmed().values_list("pk", flat=True)[:batch])
    return sum(_end_unconfirmed(key) for key in keys)


@transaction.atomic
def _end_unconfirmed(key: int) -> int:
    user = _unconfirmed().select_for_update(of=("self",)).filter(pk=key).first()
    if user is None:
        return 0  # confirmed a moment ago
    erasure.request(user)
    return 1


def _unconfirmed() -> QuerySet[User]:
    limit = timezone.now() - timedelta(days=settings.RETENTION_UNVERIFIED_DAYS)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return User.objects.filter(
        ~Exists(confirmed),
        state=User.State.ACTIVE,
        last_login__isnull=True,
        date_joined__lt=limit,
        is_staff=False,
    ).order_by("date_joined", "pk")


def end_dormant(batch: int) -> int:
    """Warn, warn again, and let go of accounts that nobody comes to; return how many were moved."""
    now = timezone.now()
    _forget_those_who_came_back()
    return _warn(now, batch) + _warn_again(now, batch) + _let_go(now, batch)


def unused_since(moment: datetime) -> Q:
    """Return the condition for accounts that nobody signed in to since."""
    never = Q(last_login__isnull=True, date_joined__lt=moment)
    return Q(last_login__lt=moment) | never


def _forget_those_who_came_back() -> None:
    Dormancy.objects.filter(user__last_login__gte=F("warned_at")).delete()


@transaction.atomic
def _warn(now: datetime, batch: int) -> int:
    idle = timedelta(days=settings.RETENTION_INACTIVE_DAYS) - FIRST_WARNING
    lapsing = User.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        unused_since(now - idle),
        Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)),
        state=User.State.ACTIVE,
        is_active=True,
        is_staff=False,
        dormancy__isnull=True,
    )
    people = list(lapsing.order_by("pk")[:batch])
    leaves_at = now + FIRST_WARNING
    Dormancy.objects.bulk_create(
        [Dormancy(user=person, warned_at=now, leaves_at=leaves_at) for person in people]
    )
    _tell(people, leaves_at)
    return len(people)


@transaction.atomic
def _warn_again(now: datetime, batch: int) -> int:
    due = Dormancy.objects.filter(
        warned_again_at__isnull=True, leaves_at__lt=now + SECOND_WARNING, user__state="active"
    )
    rows = list(_locked(due)[:batch])
    for row in rows:
        row.warned_again_at = now
        # The job may have been down: nobody goes sooner than this warning says.
        row.leaves_at = max(row.leaves_at, now + SECOND_WARNING)
        _tell([row.user], row.leaves_at)
    Dormancy.objects.bulk_update(rows, ["warned_again_at", "leaves_at"])
    return len(rows)


def _let_go(now: datetime, batch: int) -> int:
    over = Dormancy.objects.filter(
        leaves_at__lt=now, warned_again_at__lt=now - SECOND_WARNING + timedelta(hours=1)
    )
    keys = list(over.order_by("pk").values_list("pk", flat=True)[:batch])
    return sum(_let_one_go(key) for key in keys)


@transaction.atomic
def _let_one_go(key: int) -> int:
    row = _locked(Dormancy.objects.filter(pk=key)).first()
    if row is None:
        return 0
    user = User.objects.select_for_update().get(pk=row.user_id)
    if user.last_login is None or user.last_login < row.warned_at:
        erasure.request(user)
    row.delete()
    return 1


def _locked(rows: QuerySet[Dormancy]) -> QuerySet[Dormancy]:
    return rows.select_for_update(skip_locked=True, of=("self",)).select_related("user")


def _tell(people: list[User], leaves_at: datetime) -> None:
    day = date_format(leaves_at, "DATE_FORMAT")
    notices.tell_many(
        people,
        "safety",
        _("Your account leaves on %(day)s") % {"day": day},
        _(
            "Nobody has signed in to it for a long time, and we don't keep what nobody uses. Sign "
            "in once before that day, and everything stays as it is. If you do nothing, your "
            "account leaves as if you had asked for it: first out of sight, then erased."
        ),
        url=reverse("account_login"),
    )
