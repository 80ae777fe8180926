"""Times as a person's own clock shows them: their time zone, and their quiet hours.

Pages are turned into the zone of the person who looks (jamsite.middleware), letters and quiet
hours into the zone they chose; who chose none is told times in UTC, and is told that it is UTC.
"""

import functools
import zoneinfo
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, time_format

_REGIONS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()
)


@functools.cache
def zones() -> list[str]:
    """Return the names of all time zones that can be chosen: "Europe/Berlin"."""
    named = (zone for zone in zoneinfo.available_timezones() if zone.partition("/")[0] in _REGIONS)
    return [*sorted(named), "UTC"]


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones as grouped choices of a select: regions, and their places in words."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in zones():
        region, _, place = name.partition("/")
        groups.setdefault(region, []).append((name, (place or region).replace("_", " ")))
    return list(groups.items())


def zone(name: str) -> tzinfo:
    """Return a time zone by its name; UTC for none, and for one that this machine doesn't know."""
    try:
        return zoneinfo.ZoneInfo(name) if name else UTC
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC


def moment_in_words(moment: datetime, person: Any) -> str:
    """Return a moment in words for a letter, on the person's clock, with the clock's name."""
    theirs = timezone.localtime(moment, zone(person.time_zone))
    name = person.time_zone.replace("_", " ") if theirs.tzinfo is not UTC else "UTC"
    return f"{date_format(theirs, 'DATE_FORMAT')}, {time_format(theirs, 'H:i')} ({name})"


def day_in_words(moment: datetime, person: Any) -> str:
    """Return the day that a moment falls on for this person."""
    return str(date_format(timezone.localtime(moment, zone(person.time_zone)), "DATE_FORMAT"))


def quiet_until(person: Any, now: datetime) -> datetime | None:
    """Return when the person's quiet hours end, or None when it isn't quiet for them now."""
    begins, ends = person.quiet_from, person.quiet_until
    if begins is None or ends is None:
        return None
    local = timezone.localtime(now, zone(person.time_zone))
    if not _between(local.time(), begins, ends):
        return None
    day = local.date() if local.time() < ends else local.date() + timedelta(days=1)
    end = datetime.combine(day, ends, local.tzinfo).astimezone(UTC)
    # In the hour that the clock goes through twice, or skips, the end may lie behind.
    return max(end, now + timedelta(minutes=1))


def _between(clock: time, begins: time, ends: time) -> bool:
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends
