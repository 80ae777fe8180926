"""Wall times and moments: what a clock on the wall in a zone shows, and when that is.

Pure functions of the IANA database. Where the clocks go back an hour comes twice; the first is
meant. Where they go forward an hour never comes.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


class Skipped(Exception):
    """The clocks go forward over this time."""


def moment_of(day: date, clock: time, zone: str) -> datetime:
    """Return the moment (UTC) at which the wall clock in an IANA zone shows this; raise Skipped."""
    wall = datetime.combine(day, clock, ZoneInfo(zone))
    moment = wall.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise Skipped
    return moment


def wall_of(moment: datetime, zone: str) -> datetime:
    """Return what the wall clock in an IANA zone shows at a moment."""
    return moment.astimezone(ZoneInfo(zone))


def week_after(moment: datetime, clock: time, zone: str, *, behind: datetime) -> datetime:
    """Return the first moment behind `behind` that is whole weeks after one, at the same wall time.

    Where the clocks skip that time, it is as long after midnight as it would have been: the wall
    shows an hour more, in that week alone.
    """
    day = wall_of(moment, zone).date()
    while True:
        day += WEEK
        found = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
        if found > behind:
            return found
