"""What a plan may be: when, how many at once, which seats. Asked by page, API and copies alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import User
from accounts.profile.vocabulary import GENRES, INSTRUMENTS
from foundation import limits
from foundation.moments import zones
from sessions_app.models import JamSession
from sessions_app.models.planning import DOORS_BEFORE, WAITED_FOR, ahead
from sessions_app.models.sessions import LARGE_SEATS, SEATS, most_places
from sessions_app.wall_time import wall_of

AT_ONCE = (
    "genre",
    "tempo",
    "key",
    "welcome",
    "recording_wish",
    "places",
)  # what a session that is opened now may say
ONLY_PLANNED = ("seats", "approval", "weekly")


class TooManyPlanned(Exception):
    """The host has as many planned sessions as one may have."""

    said = _lazy("You have 20 planned sessions, as many as one may have. Cancel one first.")


def timing(starts_at: datetime, zone: str, clock: time | None = None) -> dict[str, Any]:
    """Return the columns that say when a session is, or raise ValidationError.

    `clock`: the wall time that is meant, where it isn't simply what the wall shows then.
    """
    now = timezone.now()
    if zone not in zones():
        raise ValidationError({"zone": _("Choose a time zone by its name, such as Europe/Berlin.")})
    if starts_at <= now:
        raise ValidationError({"starts_at": _("That is over already. Choose a time to come.")})
    if starts_at > now + timedelta(days=limits.PLANNED_DAYS):
        raise ValidationError({"starts_at": _("A session is planned at most a year ahead.")})
    return {
        "starts_at": starts_at,
        "zone": zone,
        "clock": clock or wall_of(starts_at, zone).time(),
        "opens_at": starts_at - DOORS_BEFORE,
        "closes_at": starts_at + WAITED_FOR,
    }


def check_places(places: int) -> int:
    """Return how many places a room is to have, or raise ValidationError."""
    if SEATS <= places <= most_places():
        return places
    if not settings.LIVEKIT_URL:
        said = _("A room holds %(n)d here: more need a media server, which this site has none of.")
        raise ValidationError({"places": said % {"n": SEATS}})
    said = _("A room has %(least)d to %(most)d places.")
    raise ValidationError({"places": said % {"least": SEATS, "most": LARGE_SEATS}})


def check_seats(seats: Iterable[str], places: int) -> list[str]:
    """Return wanted seats in the vocabulary's order, or raise ValidationError."""
    counted = Counter(seats)
    if unknown := sorted(set(counted) - set(INSTRUMENTS)):
        raise ValidationError(
            _("There is no instrument “%(name)s” here.") % {"name": unknown[0][:40]}
        )
    if counted.total() >= places:
        raise ValidationError(
            ngettext(
                "A session has %(n)d seat beside yours. Want fewer.",
                "A session has %(n)d seats beside yours. Want fewer.",
                places - 1,
            )
            % {"n": places - 1}
        )
    return [slug for slug in INSTRUMENTS for _seat in range(counted[slug])]


def _wanted(seats: Iterable[str], places: int) -> list[str]:
    """Return wanted seats as `check_seats` does; what is wrong is said of that field."""
    try:
        return check_seats(seats, places)
    except ValidationError as fault:
        raise ValidationError({"seats": fault.messages}) from None


def check_genre(genre: str) -> str:
    if genre and genre not in GENRES:
        raise ValidationError(_("Choose a genre of the list."))
    return genre


def count_in(host: User) -> None:
    """Let a host plan one more, or raise TooManyPlanned. Within the transaction that makes it."""
    User.objects.select_for_update(no_key=True).get(pk=host.pk)
    if too_many(host):
        raise TooManyPlanned


def too_many(host: User) -> bool:
    """Return whether a host has planned as many as they may; an open door doesn't make it fewer."""
    return JamSession.objects.filter(ahead(), host=host).count() >= limits.PLANNED_SESSIONS


def checked(host: User, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a plan, or raise ValidationError or TooManyPlanned.

    Seats, approval and repeating are of sessions to come: nobody answers to one that is open.
    """
    columns = dict(plan)
    columns["genre"] = check_genre(columns.get("genre", ""))
    columns["welcome"] = columns.get("welcome", "").strip()
    columns["places"] = check_places(columns.get("places") or SEATS)
    starts_at = columns.pop("starts_at", None)
    if starts_at is None:
        for name in ONLY_PLANNED:
            if columns.get(name):
                raise ValidationError({name: _("This is for sessions later: say when it begins.")})
        return {name: columns[name] for name in AT_ONCE if name in columns}
    count_in(host)
    columns["seats"] = _wanted(columns.get("seats", ()), columns["places"])
    return {**columns, **timing(starts_at, columns.get("zone", ""), columns.get("clock"))}


def changed(session: JamSession, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that become others by what is said of some, or raise ValidationError."""
    columns = dict(said)
    if "genre" in columns:
        check_genre(columns["genre"])
    places = _changed_places(session, columns)
    if "seats" in columns:
        columns["seats"] = _wanted(columns["seats"], places)
    starts_at, zone = columns.pop("starts_at", session.starts_at), columns.pop("zone", session.zone)
    if session.starts_at is None and starts_at is not None:
        raise ValidationError({"starts_at": _("This session is open already: plan another one.")})
    if session.starts_at is None:
        return {name: value for name, value in columns.items() if _at_once(name, value)}
    if starts_at is None:
        raise ValidationError({"starts_at": _("Say when it begins, or call it off.")})
    if (starts_at, zone) == (session.starts_at, session.zone):
        return columns
    return {**columns, **timing(starts_at, zone)}


def _changed_places(session: JamSession, columns: dict[str, Any]) -> int:
    """Return how many places there will be. Who is in a room hears the others in one way: it stays.

    Places that the site no longer has stay as they are, too, where nobody changes them.
    """
    if columns.get("places") in {None, session.places}:
        columns.pop("places", None)
        return session.places
    if not session.is_coming:
        raise ValidationError({"places": _("The room is open: its places can't be changed.")})
    places = check_places(columns["places"])
    if places < session.participants.count() or places <= len(session.seats):
        raise ValidationError({"places": _("More seats are given or wanted already.")})
    return places


def _at_once(name: str, value: Any) -> bool:
    """Return True for a column of a session that was opened at once; raise for the plan's."""
    if name in ONLY_PLANNED and value:
        raise ValidationError({name: _("This is for sessions later: say when it begins.")})
    return name not in ONLY_PLANNED
