"""Who finds whom by what, in random worlds: find, gate, page and an oracle in plain Python agree.

The oracle shares no code with the search: it is `tests/privacy/random_worlds.py` with what
people tell of themselves, and to whom. A search that matched what the viewer may not see would be
an oracle of another kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.discovery import queries, services
from accounts.discovery.index_terms import Wanted
from accounts.models import Block, Findable, Follow, JammedWith, Mute, Plays, Profile, User
from privacy.gate import access
from privacy.gate.viewer import Via, Viewer
from schools.models import Guardianship
from tests.privacy.random_worlds import EVERYONE, SIZE, Facts, Look, Oracle, facts

BERLIN, POTSDAM, ROME = 2950159, 2852458, 3169070  # 26 km and 1180 km apart
TOLD = ("stage_name", "instruments", "genres", "languages", "place", "available")


@dataclass
class Told:
    """What one person tells of themselves, and to whom each."""

    findable: bool
    week: int
    audiences: dict[str, str]
    stage_name: str
    instruments: dict[str, int]
    genres: list[str]
    languages: list[str]
    place: tuple[str, int | None]
    opened: str  # "", "now" or "before"


@dataclass
class Seeking:
    """Looked for: values as a person thinks of them."""

    name: str = ""
    instrument: str = ""
    levels: tuple[int, ...] = ()
    genre: str = ""
    language: str = ""
    country: str = ""
    town: int | None = None
    within: int = 0
    open_now: bool = False

    def wanted(self) -> Wanted:
        return Wanted(
            words=self.name, instrument=self.instrument, levels=self.levels, genre=self.genre,
            language=self.language, country=self.country, town=self.town, within=self.within,
            open_now=self.open_now,
        )  # fmt: skip


@dataclass
class World:
    facts: Facts
    told: list[Told]
    mutes: set[tuple[int, int]]
    seeking: list[Seeking] = field(default_factory=list)


_audience = st.sampled_from(["public", "members", "followers", "jammed", "me"])
_told = st.builds(
    Told,
    findable=st.sampled_from([True, True, True, False]),
    week=st.integers(1, 3),
    audiences=st.fixed_dictionaries(dict.fromkeys(TOLD, _audience)),
    stage_name=st.sampled_from(["", "Blue Note", "Ægir Ñandú"]),
    instruments=st.dictionaries(st.sampled_from(["harp", "oud"]), st.integers(1, 2), max_size=2),
    genres=st.lists(st.sampled_from(["jazz", "folk"]), unique=True),
    languages=st.lists(st.sampled_from(["en", "tr"]), unique=True),
    place=st.sampled_from(
        [("", None), ("DE", None), ("DE", BERLIN), ("DE", POTSDAM), ("IT", ROME)]
    ),
    opened=st.sampled_from(["", "now", "before"]),
)
_one = st.sampled_from(
    [
        Seeking(), Seeking(name="blue"), Seeking(name="NANDU"), Seeking(name="p1"),
        Seeking(name="blue p"), Seeking(instrument="harp"), Seeking(instrument="harp", levels=(2,)),
        Seeking(levels=(1,)), Seeking(genre="jazz"), Seeking(language="tr"), Seeking(country="DE"),
        Seeking(country="DE", town=BERLIN), Seeking(country="DE", town=BERLIN, within=50),
        Seeking(open_now=True), Seeking(instrument="oud", genre="jazz", open_now=True),
        Seeking(instrument="harp", language="en", country="DE", town=POTSDAM, within=25),
        Seeking(instrument="harp", levels=(1, 2), genre="folk"),
        Seeking(name="no", genre="jazz", language="en"),
    ]
)  # fmt: skip


@st.composite
def worlds(draw: Any) -> World:
    pairs = st.tuples(st.sampled_from(EVERYONE), st.sampled_from(EVERYONE))
    return World(
        draw(facts()),
        draw(st.lists(_told, min_size=SIZE, max_size=SIZE)),
        draw(st.sets(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=2)),
        draw(st.lists(_one, min_size=7, max_size=7)),
    )


class Says(Oracle):
    """Says who finds whom."""

    def __init__(self, world: World) -> None:
        super().__init__(world.facts)
        self.world = world

    def knows_of(self, name: str, person: int, look: Look) -> bool:
        audience = self.world.told[person].audiences[name]
        if look.app and audience != "public" and not self.facts.api[person]:
            return False
        return self.reached(audience, person, look)

    def may_look(self, person: int, look: Look) -> bool:
        mine = self.me(look)
        if self.follows(mine, person) or self.played(person, mine):
            return True
        if self.facts.ages[person] == "teen":
            return mine is not None and self.facts.ages[mine] == "teen"
        return mine is None or self.facts.ages[mine] != "child"

    def finds(self, person: int, look: Look, what: Seeking) -> bool:
        told, mine = self.world.told[person], self.me(look)
        if not told.findable or self.facts.ages[person] == "child" or person == mine:
            return False
        if not self.person(person, look) or not self.may_look(person, look):
            return False
        return (mine, person) not in self.world.mutes and self.matches(person, look, what)

    def matches(self, person: int, look: Look, what: Seeking) -> bool:
        told = self.world.told[person]

        def seen(name: str) -> bool:
            return self.knows_of(name, person, look)

        names = f"p{person}".split()
        if seen("stage_name"):
            plain = {"Ægir Ñandú": "ægir nandu"}.get(told.stage_name, told.stage_name.lower())
            names += plain.split()
        played = told.instruments if seen("instruments") else {}
        country, town = told.place if seen("place") else ("", None)
        near = {town}
        if what.within >= 26 and town in {BERLIN, POTSDAM}:
            near = {BERLIN, POTSDAM}
        parts = what.name.lower().split()
        return all(
            (
                # A single letter is a name of one letter; no other name begins so short.
                all(
                    any(name == part or (len(part) > 1 and name.startswith(part)) for name in names)
                    for part in parts
                ),
                not what.instrument or what.instrument in played,
                not what.levels or bool(
                    {
                        level
                        for slug, level in played.items()
                        if what.instrument in {"", slug}
                    } & set(what.levels)
                ),
                not what.genre or (seen("genres") and what.genre in told.genres),
                not what.language or (seen("languages") and what.language in told.languages),
                not what.country or what.country == country,
                what.town is None or what.town in near,
                not what.open_now or (seen("available") and told.opened == "now"),
            )
        )  # fmt: skip


class Stage:
    """A world as rows."""

    def __init__(self, world: World) -> None:
        self.world, given = world, world.facts
        self.people = User.objects.bulk_create(
            User(
                username=f"p{n}", email=f"p{n}@mail.example", password="!",
                state=given.states[n], age_group=given.ages[n], api_access=given.api[n],
                indexed=given.indexed[n],
            )
            for n in EVERYONE
        )  # fmt: skip
        for n, told in enumerate(world.told):
            self._tell(self.people[n], told)
        self._ties()

    def _tell(self, user: User, told: Told) -> None:
        until = {"now": timedelta(hours=1), "before": timedelta(hours=-1)}.get(told.opened)
        Profile.objects.create(
            user=user, findable=told.findable, stage_name=told.stage_name, genres=told.genres,
            languages=told.languages, country=told.place[0], town_id=told.place[1],
            available_until=timezone.now() + until if until else None,
            **{f"{name}_audience": audience for name, audience in told.audiences.items()},
        )  # fmt: skip
        for slug, level in told.instruments.items():
            Plays.objects.create(user=user, instrument=slug, level=level)
        services.draw(user)
        Findable.objects.filter(user=user).update(week=told.week)

    def _ties(self) -> None:
        given, people = self.world.facts, self.people
        for pairs, state in ((given.follows, "accepted"), (given.asked, "requested")):
            for one, other in pairs:
                Follow.objects.create(follower=people[one], followee=people[other], state=state)
        for one, other in given.blocks:
            Block.objects.create(blocker=people[one], blocked=people[other])
        for one, other in self.world.mutes:
            Mute.objects.create(muter=people[one], muted=people[other])
        for pair in given.jammed:
            for one, other in (pair, pair[::-1]):
                JammedWith.objects.create(person=people[one], partner=people[other])
        for one, other in given.guards:
            ended = timezone.now() if (one, other) in given.ended else None
            Guardianship.objects.create(guardian=people[one], child=people[other], ended=ended)

    def looks(self) -> Iterator[tuple[Look, Viewer]]:
        yield Look(index=True), Viewer(via=Via.INDEX)
        yield Look(), Viewer()
        for user in EVERYONE:
            plain = Viewer.of(self.people[user])
            yield Look(user), plain
            yield Look(user, app=True), Viewer(plain.user_id, app="tuner")

    def found(self, viewer: Viewer, what: Seeking) -> list[int]:
        """Return the people on all pages, of two each."""
        keys: list[int] = []
        after: str | None = ""
        while after is not None:
            page = queries.found(viewer, what.wanted(), after, size=2)
            keys, after = [*keys, *page.items], page.after
        numbers = {user.pk: n for n, user in enumerate(self.people)}
        return [numbers[key] for key in keys]

    def disagreements(self) -> Iterator[str]:
        says = Says(self.world)
        order = sorted(EVERYONE, key=lambda n: (-self.world.told[n].week, -self.people[n].pk))
        for look, viewer in self.looks():
            profiles = {one.user_id: one for one in access.with_visible_fields(Profile, viewer)}
            for what in self.world.seeking:
                want = [n for n in order if says.finds(n, look, what)]
                got = self.found(viewer, what)
                if got != want:
                    yield f"{look} {what}: found {got}, oracle {want}"
                for n in got:  # the page shows each thing that was matched
                    profile = profiles.get(self.people[n].pk)
                    unseen = [one for one in _asked(what) if not _sees(profile, one)]
                    if unseen:
                        yield f"{look} {what}: {n} is found by {unseen}, which isn't seen"


def _asked(what: Seeking) -> list[str]:
    return [
        name
        for name, value in {
            "instruments": what.instrument or what.levels, "genres": what.genre,
            "languages": what.language, "place": what.country, "available": what.open_now,
        }.items()
        if value
    ]  # fmt: skip


def _sees(profile: Any, name: str) -> bool:
    return profile is not None and bool(getattr(profile, f"sees_{name}"))


@pytest.mark.clause("finding")
@pytest.mark.promise("VJ-31", "VJ-32")
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
def test_find_gate_page_and_oracle_agree(db: None, world: World) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints all deferred")
        found = list(Stage(world).disagreements())
        transaction.set_rollback(True)
    assert found == []
