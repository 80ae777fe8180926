"""Changes of plans: a session edited, opened before its time, called off, made again weekly.

Whoever changes a plan locks the session's row first, and so does whoever answers to one
(`services.rsvps`): seats are counted under that lock.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.profile.vocabulary import INSTRUMENTS
from bands.services.members import hold_seat
from foundation import limits
from foundation.live import cut
from privacy import notices
from privacy.gate.audiences import OF_BANDS, Audience
from schools.services import children
from sessions_app.models import JamSession, Participant, Rsvp
from sessions_app.models.planning import DOORS_BEFORE, WAITED_FOR, ahead, coming
from sessions_app.services import rooms, rsvps, sessions, timing
from sessions_app.services.session_notices import answers_to, tell_about, tell_called_off, when
from sessions_app.wall_time import week_after

COPIED = (
    "title", "about", "audience", "band_id", "minutes", "genre", "tempo", "key", "welcome",
    "seats", "places", "recording_wish", "asks_first", "approval", "weekly", "zone", "clock",
)  # fmt: skip
_WORDS = {
    "title": _lazy("its title"),
    "about": _lazy("what it is about"),
    "audience": _lazy("who may find it"),
    "minutes": _lazy("how long it lasts"),
    "genre": _lazy("the genre"),
    "tempo": _lazy("the tempo"),
    "key": _lazy("the key"),
    "welcome": _lazy("the welcome"),
    "seats": _lazy("the seats"),
    "places": _lazy("the places in the room"),
    "recording_wish": _lazy("the wish about recording"),
    "approval": _lazy("who decides on seats"),
    "weekly": _lazy("whether it repeats"),
    "zone": _lazy("its time zone"),
}
BATCH = 100


class Over(Exception):
    """The session is over or called off; nothing of it can be changed."""

    said = _lazy("This session is over. Nothing was changed.")


@transaction.atomic
def change(session: JamSession, **values: Any) -> list[str]:
    """Change a session's plan; tell all who answered, once, what changed. Return what changed.

    `values`: columns, of those of the time all or none. Raises TooMany, Over once it is over, and
    ValidationError where it would take away seats that somebody has, or move what has begun.
    """
    rows = JamSession.objects.select_for_update(of=("self",)).select_related("host")
    row = rows.get(pk=session.pk)
    if row.is_over or row.host is None:
        raise Over
    changed = _differing(row, values)
    if not changed:
        return []
    _check(row, changed, values)
    limits.SESSION_EDITS.spend(row.host.pk)
    for name in changed:
        setattr(row, name, values[name])
    row.sequence += 1
    row.changed_at = timezone.now()
    row.save(update_fields=[*changed, "sequence", "changed_at"])
    _follow_up(row, changed)
    return changed


def _differing(session: JamSession, values: dict[str, Any]) -> list[str]:
    """Return the names of the columns that are to be others than they are."""
    if "audience" in values:
        values["audience"] = children.fitting(session.host, values["audience"])
    names = [name for name, value in values.items() if getattr(session, name) != value]
    if "starts_at" in names:
        return names
    return [name for name in names if name not in {"opens_at", "closes_at"}]  # opened early


def _follow_up(session: JamSession, changed: list[str]) -> None:
    """Do what follows from a change: reminders anew, sockets, notices, seats for who waits."""
    if "starts_at" in changed:
        Rsvp.objects.filter(session=session).update(reminded_at=None)
    if "audience" in changed:
        transaction.on_commit(lambda: cut(f"jam.{session.pk}"))
    _tell_changed(session, changed)
    if "seats" in changed:
        rsvps.move_up(session)


def _check(session: JamSession, changed: Iterable[str], values: dict[str, Any]) -> None:
    if "starts_at" in changed and not session.is_coming:
        raise ValidationError({"starts_at": _("The room is open already: its time stays.")})
    if "seats" in changed:
        _keep_taken(session, values["seats"])


def _keep_taken(session: JamSession, seats: list[str]) -> None:
    """Raise ValidationError where somebody has a seat that is wanted no more."""
    going = Rsvp.objects.filter(session=session, state=Rsvp.State.GOING)
    taken = Counter(going.values_list("instrument", flat=True))
    for slug, number in sorted(taken.items()) if seats else ():
        if number > seats.count(slug):
            name = str(INSTRUMENTS[slug]) if slug else _("any instrument")
            said = _("Somebody has a seat for %(name)s already: keep it, or decline them first.")
            raise ValidationError({"seats": said % {"name": name}})


def _tell_changed(session: JamSession, changed: Iterable[str]) -> None:
    names = set(changed)
    words = [str(word) for name, word in _WORDS.items() if name in names]
    moved = "starts_at" in names
    for rsvp in answers_to(session):
        at = _("It is on %(when)s now.") if moved else _("It is on %(when)s.")
        said = [at % {"when": when(session, rsvp.user)}]
        if words:
            said.append(_("Changed: %(what)s.") % {"what": ", ".join(words)})
        tell_about(session, rsvp.user, _("A session that you answered has changed"), *said)


@transaction.atomic
def open_doors(session: JamSession) -> None:
    """Open the room of a planned session before its time. Idempotent."""
    JamSession.objects.filter(coming(), pk=session.pk).update(opens_at=timezone.now())


@transaction.atomic
def cancel(session: JamSession, *, ends_series: bool = False, gone: bool = False) -> bool:
    """Call a planned session off: its page stays and says so, and all who answered are told.

    `ends_series`: of a weekly one none follows. `gone`: its page won't be there. Return whether it
    could be: not once it has begun, nor twice. A room that was opened early is closed.
    """
    locked = JamSession.objects.select_for_update().filter(ahead(), pk=session.pk).first()
    if locked is None:
        return False
    now = timezone.now()
    JamSession.objects.filter(pk=locked.pk).update(
        cancelled_at=now, changed_at=now, sequence=F("sequence") + 1,
        weekly=locked.weekly and not ends_series,
    )  # fmt: skip
    rooms.close([locked.pk])
    tell_called_off(locked, gone=gone)
    return True


def close(session: JamSession) -> str:
    """End a session, or call it off where it hasn't begun; return what became of it, in words."""
    if cancel(session):
        return _("The session is called off. Who answered is told.")
    sessions.close(session)
    return _("The session is closed. Its recordings stay.")


def call_off(host: User) -> None:
    """Call off everything that somebody planned: they are leaving, or their account is stopped."""
    JamSession.objects.filter(host=host, weekly=True).update(weekly=False)
    for session in JamSession.objects.filter(ahead(), host=host).order_by("pk"):
        cancel(session, ends_series=True, gone=True)


# Weekly -----------------------------------------------------------------------------------


def repeat() -> int:
    """Make the next session of each weekly one that has begun or is over; return how many.

    Idempotent: a session has one that follows it (`previous` is unique), whoever makes it.
    """
    begun = JamSession.objects.filter(
        User.present("host__"), weekly=True, following__isnull=True, starts_at__lte=timezone.now()
    )
    keys = list(begun.order_by("starts_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_repeat(key) for key in keys)


@transaction.atomic
def _repeat(key: int) -> bool:
    found = JamSession.objects.select_related("host", "band").filter(weekly=True, pk=key).first()
    if found is None or found.host is None:
        return False
    in_band = found.band is not None and hold_seat(found.band, found.host)  # before the session
    rows = JamSession.objects.select_for_update(of=("self",)).filter(weekly=True, pk=key)
    last = rows.select_related("host").first()
    if last is None or last.host is None or last.starts_at is None or last.clock is None:
        return False
    if timing.too_many(last.host):
        JamSession.objects.filter(pk=key).update(weekly=False)
        return False
    if JamSession.objects.filter(previous=last).exists():  # asked once the row is locked
        return False
    starts_at = week_after(last.starts_at, last.clock, last.zone, behind=timezone.now())
    values = {name: getattr(last, name) for name in COPIED}
    if last.band_id is not None and not (in_band and last.band_id == found.band_id):
        values["band_id"] = None
        if last.audience in OF_BANDS:
            values["audience"] = Audience.PARTICIPANTS
    made = JamSession.objects.create(
        host=last.host,
        previous=last,
        **values,
        starts_at=starts_at,
        opens_at=starts_at - DOORS_BEFORE,
        closes_at=starts_at + WAITED_FOR,
    )
    Participant.objects.create(session=made, user=last.host, came_at=None)
    notices.tell_all("session_plans", made)
    return True


def stop_repeating(session: JamSession) -> None:
    """Have none follow the one before this session: its host deletes it."""
    if session.previous_id is not None:
        JamSession.objects.filter(pk=session.previous_id).update(weekly=False)
