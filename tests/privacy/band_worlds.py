"""The band of a random world, and who should see what of it: the oracle's part for bands.

Written from docs/audiences.md, as `random_worlds` is, and without a query.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from hypothesis import strategies as st

from bands.models import Band, BandFollow, BandInvite, BandMember

if TYPE_CHECKING:
    from tests.privacy.random_worlds import Look, Oracle

OF_BANDS = ("public", "members", "fans", "band")
OF_SEATS = ("public", "members", "followers", "jammed", "band")
FIELDS = ("photo", "about", "genres", "links")
people = st.integers(0, 4)


@dataclass
class BandFacts:
    """One band; `has_music`: whether the world's session and recording are the band's."""

    audience: str
    fields: list[str]
    seats: dict[int, tuple[str, str]]  # person → role, who may know
    fans: set[int]
    askers: set[int]
    invited: dict[int, str]  # person → waiting, declined, over
    has_music: bool


@st.composite
def bands(draw: Any) -> BandFacts:
    audience = st.sampled_from(OF_BANDS)
    roles = st.sampled_from(["owner", "admin", "member", "member"])
    seats = draw(st.dictionaries(people, st.tuples(roles, st.sampled_from(OF_SEATS)), max_size=3))
    fans = draw(st.sets(people, max_size=2)) - set(seats)
    return BandFacts(
        audience=draw(audience),
        fields=draw(st.lists(audience, min_size=len(FIELDS), max_size=len(FIELDS))),
        seats=seats,
        fans=fans,
        askers=draw(st.sets(people, max_size=2)) - set(seats) - fans,
        invited={
            one: state
            for one, state in draw(
                st.dictionaries(
                    people, st.sampled_from(["waiting", "declined", "over"]), max_size=2
                )
            ).items()
            if one not in seats
        },
        has_music=draw(st.booleans()),
    )


class BandOracle:
    """Says who sees a band, who is in it, who was asked, who follows."""

    def __init__(self, facts: BandFacts, world: "Oracle") -> None:
        self.facts, self.world = facts, world

    def runs(self, who: int | None) -> bool:
        return who in self.facts.seats and self.facts.seats[who][0] in {"owner", "admin"}

    def is_let_in(self, who: int | None) -> bool:
        """Whether somebody is in the band, or asked to be."""
        asked = {one for one, state in self.facts.invited.items() if state == "waiting"}
        return who in asked or who in self.facts.seats

    def reached(self, audience: str, who: int | None) -> bool:
        return {
            "public": True,
            "members": who is not None,
            "fans": who in self.facts.fans or who in self.facts.seats,
            "band": who in self.facts.seats,
        }[audience]

    def sees(self, audience: str, look: "Look") -> bool:
        mine = self.world.me(look)
        known = all(self.world.knows(mine, one) for one in self.facts.seats)
        return self.is_let_in(mine) or (self.reached(audience, mine) and known)

    def band(self, look: "Look") -> bool:
        world, seats = self.world, set(self.facts.seats)
        if not any(world.here(one) for one in seats) or not world.apps(seats, look):
            return False
        if not all(world.knows(world.me(look), one) for one in seats):
            return (
                False  # a band that a child is in: bands take none, and rows hide it all the same
            )
        if self.is_let_in(world.me(look)):
            return True
        if look.index and not all(world.facts.indexed[one] for one in seats):
            return False
        return self.sees(self.facts.audience, look)

    def field(self, name: str, look: "Look") -> bool:
        return self.band(look) and self.sees(self.facts.fields[FIELDS.index(name)], look)

    def seat(self, person: int, look: "Look") -> bool:
        world, mine = self.world, self.world.me(look)
        if not self.band(look) or not world.apps({person}, look):
            return False
        if world.cares(look, person):
            return True
        if not world.knows(mine, person):
            return False
        return self.runs(mine) or (world.open(person, look) and self._counted_in(person, look))

    def _counted_in(self, person: int, look: "Look") -> bool:
        """Whether somebody may know that this person is in the band."""
        mine, audience = self.world.me(look), self.facts.seats[person][1]
        if mine in self.facts.seats:
            return True
        return audience != "band" and self.world.reached(audience, person, look)

    def invite(self, person: int, look: "Look") -> bool:
        if self.facts.invited[person] != "waiting" or not self.world.apps({person}, look):
            return False
        return self._ones_own(person, look)

    def follow(self, person: int, look: "Look") -> bool:
        return self.world.apps({person}, look) and self._ones_own(person, look)

    def _ones_own(self, person: int, look: "Look") -> bool:
        """Whether it is one's own, or of somebody one answers for, or one runs the band."""
        mine = self.world.me(look)
        met = self.world.open(person, look) and self.world.knows(mine, person)
        by_the_band = self.runs(mine) and met
        return self.world.cares(look, person) or by_the_band


def rows(
    facts: BandFacts, says: BandOracle, users: list[Any]
) -> Iterator[tuple[Any, Callable[["Look"], bool]]]:
    """Yield the rows of a band, each with what the oracle says of it; the band first."""
    named = {f"{name}_audience": one for name, one in zip(FIELDS, facts.fields, strict=True)}
    band = Band(slug="the-band", name="The band", audience=facts.audience, **named)
    yield band, says.band
    for n, (role, audience) in facts.seats.items():
        row = BandMember(band=band, user=users[n], role=role, audience=audience)
        yield row, partial(says.seat, n)
    now = timezone.now()
    for n, state in facts.invited.items():
        past = state == "over"
        yield (
            BandInvite(
                band=band, invited=users[n], made_by=users[0],
                expires_at=now - timedelta(days=1) if past else now + timedelta(days=1),
                declined_at=now if state == "declined" else None,
            ),
            partial(says.invite, n),
        )  # fmt: skip
    for state, them in (("accepted", facts.fans), ("requested", facts.askers)):
        for n in them:
            row_of: Any = BandFollow(band=band, follower=users[n], state=state)
            yield row_of, partial(says.follow, n)
