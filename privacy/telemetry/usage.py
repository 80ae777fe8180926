"""Usage statistics: first-party events of who agreed, pseudonymous, turned into counts.

An event holds what kind of thing happened in which hour, and for how long: no address, no account,
no id of a thing. Its name for the person is a keyed hash of person and day, so two days of one
person can't be joined by looking at them; with the key we find a person's own events again, to show
and to delete them.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from privacy import consent
from privacy.telemetry.models import UsageCount, UsageEvent

KEPT = timedelta(days=30)
KEY = "analytics"
LONGEST = 24 * 3600  # seconds; a longer stay is a forgotten tab
Kind = UsageEvent.Kind


def pseudonym(who: str, day: date) -> str:
    """Return the name of somebody on one day: 128 bits of an HMAC."""
    mac = salted_hmac("privacy.usage", f"{day.isoformat()}:{who}", algorithm="sha256")
    return mac.hexdigest()[:32]


def note(user: Any, kind: Kind, name: str = "", *, seconds: float | None = None) -> None:
    """Note something that a person did, if they agreed; their withdrawal waits for it, or wins."""
    if not consent.has(user, KEY):
        return
    with consent.holding(user):
        if consent.has(user, KEY):
            _write(f"person:{user.pk}", kind, name, seconds)


def note_page(request: Any) -> None:
    """Note the kind of page that a request showed; its route's name, never its address."""
    name = request.resolver_match.url_name or ""
    if request.user.is_authenticated:
        note(request.user, Kind.PAGE, name)
    elif request.choices.visitor:
        _write(f"visitor:{request.choices.visitor}", Kind.PAGE, name, None)


def _write(who: str, kind: Kind, name: str, seconds: float | None) -> None:
    now = timezone.now()
    UsageEvent.objects.create(
        pseudonym=pseudonym(who, now.date()),
        kind=kind,
        name=name[:60],
        seconds=None if seconds is None else min(round(seconds, -1), LONGEST),
        hour=now.replace(minute=0, second=0, microsecond=0),
    )


def events_of(user: Any) -> QuerySet[UsageEvent]:
    """Return what was noted of a person and is still there."""
    return _events(f"person:{user.pk}")


def events_of_visitor(token: str) -> QuerySet[UsageEvent]:
    return _events(f"visitor:{token}") if token else UsageEvent.objects.none()


def _events(who: str) -> QuerySet[UsageEvent]:
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in range(KEPT.days + 2)]
    return UsageEvent.objects.filter(pseudonym__in=[pseudonym(who, day) for day in days])


def forget(user: Any) -> None:
    """Delete a person's events: they withdrew."""
    events_of(user).delete()


def count_days() -> int:
    """Turn the events of each whole day into counts, once; return how many days were counted.

    A cell of fewer than USAGE_MIN_PEOPLE people is not written at all.
    """
    today = timezone.now().date()
    days = set(UsageEvent.objects.values_list("hour__date", flat=True).distinct())
    open_days = sorted(
        days - {today} - set(UsageCount.objects.filter(day__in=days).values_list("day", flat=True))
    )
    for day in open_days:
        begin = datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
        cells = (
            UsageEvent.objects.filter(hour__gte=begin, hour__lt=begin + timedelta(days=1))
            .values("kind", "name")
            .annotate(
                people=Count("pseudonym", distinct=True), events=Count("pk"), sum=Sum("seconds")
            )
            .filter(people__gte=settings.USAGE_MIN_PEOPLE)
        )
        UsageCount.objects.bulk_create(
            [
                UsageCount(
                    day=day,
                    kind=cell["kind"],
                    name=cell["name"],
                    people=cell["people"],
                    events=cell["events"],
                    seconds=cell["sum"] or 0,
                )
                for cell in cells
            ],
            ignore_conflicts=True,
        )
    return len(open_days)
