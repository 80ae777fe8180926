"""Who is in a room together, for the walks of its frames."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.connections import services
from sessions_app.models import JamSession, Participant
from tests.cast import Cast, person


@dataclass(frozen=True)
class Company:
    """Who is in a room, who is kept apart there, and who gets in by no frame at all."""

    session: JamSession
    people: tuple[str, ...]
    apart: frozenset[frozenset[str]]
    outside: tuple[str, ...] = ()

    def meet(self, one: str, other: str) -> bool:
        return one != other and frozenset({one, other}) not in self.apart


def grown_ups(cast: Cast) -> Company:
    """A host and three guests, two of whom are behind a block; outside: who has no right to it."""
    session = cast.sessions["public"]
    cast.people["barred"] = person("barred")
    for role in ("former", "stranger", "barred", "leaving"):
        Participant.objects.create(session=session, user=cast[role])
    services.block(cast["stranger"], cast["former"])
    services.block(cast["barred"], cast["owner"])
    cast.people["unseated"] = person("unseated")
    return Company(
        session,
        ("owner", "participant", "former", "stranger"),
        frozenset({frozenset({"former", "stranger"})}),
        ("barred", "leaving", "unseated", "anonymous"),
    )


def of_a_child(cast: Cast) -> Company:
    """A child's room: a classmate and the child's guardian are in no circle of each other."""
    session = JamSession.objects.create(host=cast["child"], audience="members")
    inside = ("child", "classmate", "teacher", "guardian", "coordinator")
    outside = ("other-child", "other-teacher", "far-child", "far-teacher", "owner", "stranger")
    for role in (*inside, *outside):
        Participant.objects.create(session=session, user=cast[role])
    apart = frozenset({frozenset({"classmate", "guardian"})})
    return Company(session, inside, apart, outside)


COMPANIES: dict[str, Callable[[Cast], Company]] = {
    "grown-ups": grown_ups,
    "a child's": of_a_child,
}
