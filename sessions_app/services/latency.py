"""Writers of how well sound gets between two people who met in a room, if both want that kept."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation import limits
from privacy import consent
from sessions_app.models import Latency
from sessions_app.models.latency import grade_of

PURPOSE = "latency"


def is_kept_of(user: Any) -> bool:
    """Return whether somebody agreed that it is kept; their browser measures nothing otherwise."""
    return consent.has(user, PURPOSE)


@transaction.atomic
def note(user: User, partner: User, round_trip_ms: float) -> bool:
    """Keep what somebody's browser measured to somebody in the same room, as a grade.

    Return whether it was kept: only where both agree. Raises TooMany.
    """
    limits.LATENCIES.spend(user.pk)
    if user.pk == partner.pk:
        return False
    first, second = sorted((user, partner), key=lambda person: person.pk)  # in one order
    with consent.holding(first), consent.holding(second):
        if not (is_kept_of(user) and is_kept_of(partner)):
            return False
        Latency.objects.update_or_create(
            measured_by=user,
            partner=partner,
            defaults={"grade": grade_of(round_trip_ms / 2), "measured_at": timezone.now()},
        )
    return True


def forget(user: Any) -> None:
    """Delete what was kept between somebody and anybody: they don't want it any more."""
    Latency.objects.filter(Q(measured_by=user) | Q(partner=user)).delete()


@transaction.atomic
def take_back(user: User, row: Latency) -> None:
    """Delete what holds of one pair, in both directions: one alone would mean nothing."""
    pair = {row.measured_by_id, row.partner_id}
    if user.pk in pair:
        Latency.objects.filter(measured_by__in=pair, partner__in=pair).delete()
