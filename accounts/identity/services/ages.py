"""Ages: what an answer to the age question means, and what follows from it for an account.

The date of birth itself is never stored. Of an adult stays the one word "adult"; of a teenager
also the month from which they are one. `accounts.sign_in.age_gate` asks; whoever makes an account
has to come here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.models import User
from privacy.notices import kind, tell

YOUNGEST = 13  # with an account of their own; younger ones through a partner programme alone
OF_AGE = 18

kind("age")


@dataclass(frozen=True)
class Age:
    """What is kept of a date of birth."""

    group: User.AgeGroup
    adult_from: datetime | None = None


def today() -> date:
    """Return the date where it is earliest on Earth: nobody counts as older than they are."""
    return (timezone.now() - timedelta(hours=12)).date()


def age_of(birth: date, now: date | None = None) -> Age | None:
    """Return what to keep of a date of birth, or None for somebody too young for an account."""
    now = now or today()
    years = now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))
    if years < YOUNGEST:
        return None
    if years >= OF_AGE:
        return Age(User.AgeGroup.ADULT)
    return Age(User.AgeGroup.TEEN, _month_of_coming_of_age(birth))


def _month_of_coming_of_age(birth: date) -> datetime:
    """Return when a month begins, everywhere, in which they are 18 for sure; the day isn't kept."""
    year, month = birth.year + OF_AGE, birth.month
    if birth.day > 1:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(year, month, 1, 12, tzinfo=UTC)


def begin(user: User, age: Age) -> None:
    """Give a new account, before it is first saved, its age group and what goes with it."""
    user.age_group = age.group
    user.adult_from = age.adult_from
    if age.group == User.AgeGroup.TEEN:
        user.approves_followers = True
        user.indexed = user.strangers_may_write = False


def come_of_age(batch: int) -> int:
    """Make adults of teenagers whose month has come; none of their settings changes."""
    due = User.objects.filter(age_group=User.AgeGroup.TEEN, adult_from__lt=timezone.now())
    due = due.filter(restricted=False)
    keys = list(due.order_by("adult_from", "pk").values_list("pk", flat=True)[:batch])
    return sum(_make_adult(key) for key in keys)


@transaction.atomic
def _make_adult(key: int) -> int:
    rows = User.objects.select_for_update(no_key=True)
    user = rows.filter(pk=key, age_group=User.AgeGroup.TEEN).first()
    if user is None:
        return 0
    user.age_group, user.adult_from = User.AgeGroup.ADULT, None
    user.save(update_fields=["age_group", "adult_from"])
    tell(
        user,
        "age",
        _("Your account is an adult's now"),
        _(
            "You told us your date of birth when you signed up; we kept the month alone, and have "
            "deleted it now. Nothing else has changed: who may follow you, find you, write to you "
            "and see your things is as you left it, and yours to change."
        ),
        url=reverse("sharing"),
    )
    return 1
