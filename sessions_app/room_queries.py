"""Who hosts a session, who has which seat and rights, who waits at its door, who was removed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.identity.queries import naming, shown_people
from accounts.models import User
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession, Knock, Participant, Removal
from sessions_app.models.hosting import waiting_now
from sessions_app.models.sessions import open_now
from sessions_app.queries import players_of, removed_here, who_may_meet


def is_host(session: JamSession, person: Any) -> bool:
    """Return whether somebody (a key) is a session's host, or one of its co-hosts."""
    if person is None or session.host_id == person:
        return person is not None
    seats = Participant.objects.filter(session=session, user=person)
    return seats.filter(role=Participant.Role.CO_HOST).exists() and meets_host(session, person)


def meets_host(session: JamSession, person: int) -> bool:
    """Return whether no deny rule stands between somebody and a session's host: a block, say."""
    host = session.host_id
    return host is None or host in who_may_meet(Viewer(person), [host])


RIGHTS = ("chat", "record", "tempo", "invite")


@dataclass(frozen=True)
class Seat:
    """What somebody is in a session, and what they may do there."""

    role: str = "player"  # or "co_host", "host"
    chat: bool = True
    record: bool = True
    tempo: bool = True
    invite: bool = True

    @property
    def is_host(self) -> bool:
        return self.role != "player"

    @property
    def rights(self) -> dict[str, bool]:
        return {right: getattr(self, right) for right in RIGHTS}


def seats_in(session: JamSession) -> tuple[dict[int, Seat], int | None]:
    """Return the seats of a session by person, and who is asked to take it over: keys alone."""
    rows = JamSession.objects.filter(pk=session.pk).values_list("host", "offered_to")
    host, offered_to = rows.first() or (None, None)
    seats = Participant.objects.filter(session=session)
    return {row.user_id: seat_of(row, host) for row in seats}, offered_to


def seated_among(session: JamSession, people: list[int]) -> list[int]:
    """Return those of some people who have a seat in a session: keys alone."""
    seats = Participant.objects.filter(session=session, user__in=people)
    return list(seats.values_list("user_id", flat=True))


def seat_of(row: Participant, host: int | None) -> Seat:
    """Return what a row makes of its person; `host` is the session's."""
    if row.user_id == host:
        return Seat("host")
    if row.role == Participant.Role.CO_HOST:
        return Seat(row.role, invite=row.may_invite)
    return Seat(row.role, row.may_chat, row.may_record, row.may_tempo, row.may_invite)


def may(session: JamSession, person: int, right: str) -> bool:
    """Return whether somebody (a key) has a right, one of `RIGHTS`, in a session.

    Who was removed has none, also while their socket hasn't heard of it.
    """
    seats, _offered = seats_in(session)
    if person not in seats and Removal.objects.filter(session=session, user=person).exists():
        return False
    return bool(getattr(seats.get(person, Seat()), right))


def door_of(session: JamSession) -> dict[str, bool]:
    """Return how a session's door stands now, as its room is told."""
    door = JamSession.objects.filter(pk=session.pk).values("is_locked", "asks_first").first()
    return {
        "locked": door is not None and door["is_locked"],
        "asks_first": door is not None and door["asks_first"],
    }


def knocks(viewer: Viewer, session: Any) -> QuerySet[Knock]:
    """Return who waits to be let into a session (a key), for its hosts, first come first."""
    rows = visible(Knock, viewer).filter(waiting_now(), session=session)
    others = rows.exclude(user=viewer.user_id).select_related("user")
    return others.order_by("created_at", "pk")


def my_knock(viewer: Viewer, session: JamSession) -> Knock | None:
    """Return how the viewer's own asking to be let in stands."""
    return visible(Knock, viewer).filter(session=session, user=viewer.user_id).first()


def before_me(knock: Knock) -> int:
    """Return how many wait who came before: a number about people nobody names."""
    rows = Knock.objects.filter(waiting_now(), session=knock.session_id, pk__lt=knock.pk)
    return rows.count()


def seated(viewer: Viewer, session: JamSession, public_id: str) -> User | None:
    """Return who has a seat in a session, by public id, if the viewer may know that they have."""
    seat = players_of(viewer, session.pk).filter(user__public_id=public_id).first()
    return seat.user if seat is not None else None


def has_seat(viewer: Viewer, session: JamSession) -> bool:
    return Participant.objects.filter(session=session, user=viewer.user_id).exists()


def is_removed(viewer: Viewer, public_id: str) -> bool:
    """Return whether a host removed the viewer from an open session, whoever may see it.

    Nothing is said of a session whose host is behind a deny rule.
    """
    rows = JamSession.objects.filter(removed_here(viewer), open_now(), public_id=public_id)
    return shown_people(rows, viewer, "host").exists()


def removals(viewer: Viewer, session: Any) -> QuerySet[Removal]:
    """Return who was removed from a session (a key), for its hosts, with who removed them."""
    rows = visible(Removal, viewer).filter(session=session).exclude(user=viewer.user_id)
    return naming(rows.select_related("user"), viewer, "by").order_by("created_at", "pk")
