"""How long something is kept: a period that a job counts, or an event that ends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Words = str | Promise


class Event(Enum):
    """What ends the keeping of something that has no period."""

    ACCOUNT = "account"  # the person leaves: the erasure plan ends it
    PARENT = "parent"  # the row it belongs to ends: the foreign key `of` cascades
    ROW = "row"  # the row that names the file ends (stores)
    UPLOADED = "uploaded"  # the server has stored it (browser stores)
    HANDED_ON = "handed on"  # at once: it is passed on and not kept (mail)
    CHOICE = "choice"  # the person changes or clears it (browser stores)
    NEVER = "never"  # it is not stored at all


ENDINGS: dict[Event, Words] = {
    Event.ACCOUNT: gettext_lazy("while your account exists"),
    Event.PARENT: gettext_lazy("as long as what it belongs to"),
    Event.ROW: gettext_lazy("as long as what it belongs to"),
    Event.UPLOADED: gettext_lazy("until we have stored it"),
    Event.HANDED_ON: gettext_lazy("not kept by us: handed on at once"),
    Event.CHOICE: gettext_lazy("until you change or clear it"),
    Event.NEVER: gettext_lazy("not stored"),
}

SINCE: dict[str, Words] = {
    "created_at": gettext_lazy("it was made"),
    "created": gettext_lazy("it was made"),
    "expires_at": gettext_lazy("it ran out"),
    "ended_at": gettext_lazy("it ended"),
    "last_seen_at": gettext_lazy("it was last used"),
}


@dataclass(frozen=True)
class Until:
    """Kept until an event. `of` is the foreign key of `Event.PARENT`."""

    event: Event
    of: str = ""
    words: Words = ""

    def __str__(self) -> str:
        return str(self.words or ENDINGS[self.event])


@dataclass(frozen=True)
class For:
    """Kept for a period after a moment that a column holds; the retention job ends it.

    - `period`: a timedelta, or the name of a setting that holds days.
    - `since`: lookup path to the date column that it counts from.
    - `ends`: the column holds the end itself; `period` was added when it was written.
    - `where`: only these rows have this end.
    - `by`: the owning app's own step, called with a batch size until it returns 0; without it rows
      are deleted with their files (or, for a field, handled as its `erase` says).
    - `sure`: every such row ends then; False where `by` decides, so that no row tells a date.
    - `after`: what happened at that moment, in words ("it was made").
    """

    period: timedelta | str
    since: str
    ends: bool = False
    where: Q = field(default_factory=Q)
    by: Callable[[int], int] | None = None
    sure: bool = True
    after: Words = ""
    words: Words = ""

    def length(self) -> timedelta:
        """Return the period in force on this site."""
        return length_of(self.period)

    def over_before(self, now: datetime) -> datetime:
        """Return the moment such that rows whose column is earlier are to end now."""
        return now if self.ends else now - self.length()

    def __str__(self) -> str:
        if self.words:
            return str(self.words)
        after = self.after or SINCE.get(self.since, "")
        return after_words(self.length(), after)


@dataclass(frozen=True)
class Fades:
    """Ends by itself within a period: a store's own clock (a time to live, a rotation) ends it.

    - `by`: what ends it, in words. A test marked `retention("<store>")` shows that it does.
    """

    period: timedelta | str
    after: Words
    by: Words
    words: Words = ""

    def length(self) -> timedelta:
        return length_of(self.period)

    def __str__(self) -> str:
        return str(self.words) if self.words else after_words(self.length(), self.after)


Retention = Until | For | Fades


def length_of(period: timedelta | str) -> timedelta:
    """Return a period; a setting's name stands for its days. Raises LookupError without it."""
    if isinstance(period, timedelta):
        return period
    days: Any = getattr(settings, period, None)
    if not isinstance(days, int | float) or days < 0:
        raise LookupError(f"the setting {period} holds no number of days")
    return timedelta(days=days)


def after_words(length: timedelta, after: Words) -> str:
    """Return "7 days after it was made"."""
    if length.days >= 365 and length.days % 365 == 0:
        years = length.days // 365
        period = ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    elif length.days >= 1:
        period = ngettext("%(n)d day", "%(n)d days", length.days) % {"n": length.days}
    elif length >= timedelta(hours=1):
        hours = int(length.total_seconds() // 3600)
        period = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    elif length >= timedelta(minutes=1):
        minutes = int(length.total_seconds() // 60)
        period = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    else:
        seconds = int(length.total_seconds())
        period = ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return _("%(period)s after %(event)s") % {"period": period, "event": after}
