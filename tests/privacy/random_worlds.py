"""Random worlds of people and their ties, and who should see what in them, in plain Python.

The oracle below is written from docs/visibility.md and docs/audiences.md and shares no code with
the gate: it knows sets and dictionaries, and no queries.
"""

from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

from hypothesis import strategies as st

from tests.privacy.band_worlds import BandFacts, BandOracle, bands

AUDIENCES = ("public", "link", "members", "followers", "jammed", "fans", "band", "participants",
             "me")  # fmt: skip
OF_ITEMS = {"link", "fans", "band", "participants"}  # audiences that only things have
FIELDS = ("photo", "bio", "status", "place", "phone", "instruments")
SIZE = 5  # people; 0 owns the recording, hosts the session and keeps it as a favourite
EVERYONE = range(SIZE)
STATES = ("going", "waiting", "pending", "refused", "maybe", "cant")


@dataclass(frozen=True)
class Look:
    """Who looks: a person or nobody, with links, through an app, or a search engine."""

    user: int | None = None
    links: frozenset[int] = frozenset()
    app: bool = False
    index: bool = False


@dataclass
class Facts:
    """One world. People are 0 to SIZE - 1; pairs are (who, whom)."""

    states: list[str]
    ages: list[str]
    api: list[bool]
    indexed: list[bool]
    follows: set[tuple[int, int]]
    asked: set[tuple[int, int]]
    blocks: set[tuple[int, int]]
    jammed: set[tuple[int, int]]  # each pair once
    guards: set[tuple[int, int]]
    ended: set[tuple[int, int]]
    audience: str
    ready: bool
    stems: dict[int, bool]  # player → withdrawn?
    room: str
    seats: set[int]
    answers: dict[int, str]  # who answered → what became of it
    chat: set[int]
    away: set[int]  # have a seat, and were never in the room
    removed: set[int]
    knocks: set[int]
    co_hosts: set[int]  # where they have a seat
    field_audiences: list[str]
    favourites: str
    band: BandFacts
    links: list[str] = field(default_factory=list)  # in force, revoked, over, another's
    talkers: tuple[int, int] = (0, 1)
    partner: str = "active"  # the one school's state
    seated: set[int] = field(default_factory=set)  # in its one class: children, others teach
    left: set[int] = field(default_factory=set)  # were in it
    coordinators: set[int] = field(default_factory=set)


def _pairs() -> Any:
    return st.sets(st.sampled_from(list(permutations(EVERYONE, 2))), max_size=8)


@st.composite
def facts(draw: Any) -> Facts:
    def each(values: list[Any]) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=SIZE, max_size=SIZE))

    audience = st.sampled_from(AUDIENCES)
    narrow = st.sampled_from([one for one in AUDIENCES if one not in OF_ITEMS])
    follows = draw(_pairs())
    guards = draw(_pairs())
    return Facts(
        states=each(["active", "active", "active", "leaving", "suspended"]),
        ages=each(["adult", "adult", "teen", "child"]),
        api=each([True, True, False]),
        indexed=each([True, True, False]),
        follows=follows,
        asked=draw(_pairs()) - follows,
        blocks=draw(_pairs()),
        jammed=draw(st.sets(st.sampled_from(list(combinations(EVERYONE, 2))), max_size=5)),
        guards=guards,
        ended={one for one in guards if draw(st.integers(0, 3)) == 0},
        audience=draw(audience),
        ready=draw(st.sampled_from([True, True, True, False])),
        stems=draw(st.dictionaries(st.sampled_from(EVERYONE), st.booleans(), max_size=3)),
        room=draw(audience.filter(lambda one: one != "me")),
        seats=draw(st.sets(st.sampled_from(EVERYONE), max_size=3)),
        answers=draw(st.dictionaries(st.sampled_from(range(1, SIZE)), st.sampled_from(STATES))),
        chat=draw(st.sets(st.sampled_from(EVERYONE), max_size=2)),
        away=draw(st.sets(st.sampled_from(EVERYONE), max_size=1)),
        co_hosts=draw(st.sets(st.sampled_from(EVERYONE), max_size=2)),
        knocks=draw(st.sets(st.sampled_from(EVERYONE), max_size=2)),
        removed=draw(st.sets(st.sampled_from(EVERYONE), max_size=2)),
        field_audiences=draw(st.lists(narrow, min_size=len(FIELDS), max_size=len(FIELDS))),
        favourites=draw(narrow),
        band=draw(bands()),
        links=draw(st.permutations(["in force", "revoked", "over", "another's"])),
        talkers=draw(st.sampled_from(list(combinations(EVERYONE, 2)))),
        partner=draw(st.sampled_from(["active", "active", "active", "ended"])),
        seated=draw(st.sets(st.sampled_from(EVERYONE), max_size=4)),
        left=draw(st.sets(st.sampled_from(EVERYONE), max_size=1)),
        coordinators=draw(st.sets(st.sampled_from(EVERYONE), max_size=1)),
    )


class Oracle:
    """Says who sees what in a world."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.bands = BandOracle(facts.band, self)

    # People -----------------------------------------------------------------------------

    def here(self, person: int) -> bool:
        return self.facts.states[person] == "active"

    def me(self, look: Look) -> int | None:
        return look.user if look.user is not None and self.here(look.user) else None

    def apart(self, one: int, other: int | None) -> bool:
        return (one, other) in self.facts.blocks or (other, one) in self.facts.blocks

    def follows(self, who: int | None, whom: int) -> bool:
        return (who, whom) in self.facts.follows

    def played(self, one: int, other: int | None) -> bool:
        return (one, other) in self.facts.jammed or (other, one) in self.facts.jammed

    def guards(self, who: int | None, child: int) -> bool:
        pair = (who, child)
        in_force = pair in self.facts.guards and pair not in self.facts.ended
        return in_force and self.facts.ages[child] == "child"

    def is_child(self, person: int | None) -> bool:
        return person is not None and self.facts.ages[person] == "child"

    @property
    def enrolled(self) -> set[int]:
        return {one for one in self.facts.seated if self.is_child(one)}

    def knows(self, who: int | None, person: int) -> bool:
        """Whether a person isn't a child, or is one whose circle this is."""
        if not self.is_child(person) or who == person:
            return True
        school = self.facts.partner == "active"
        in_class = school and {who, person} <= self.facts.seated
        coordinates = school and who in self.facts.coordinators and person in self.enrolled
        return self.guards(who, person) or in_class or coordinates

    def open(self, person: int, look: Look) -> bool:
        """Whether nothing stands before a person, apart from their age."""
        met = self.here(person) and not self.apart(person, self.me(look))
        if look.index and not self.facts.indexed[person]:
            return False
        return met

    def apps(self, people: set[int], look: Look) -> bool:
        return not look.app or all(self.facts.api[one] and not self.is_child(one) for one in people)

    def cares(self, look: Look, owner: int) -> bool:
        """Whether this is the owner, or who answers for them."""
        mine = self.me(look)
        return mine == owner or (self.guards(mine, owner) and self.here(owner))

    def reached(
        self, audience: str, owner: int, look: Look, *, linked: bool = False, asked: bool = False
    ) -> bool:
        mine = self.me(look)
        return {
            "public": True,
            "link": linked,
            "members": mine is not None,
            "followers": self.follows(mine, owner),
            "jammed": self.played(owner, mine),
            "fans": self.facts.band.has_music and self.bands.reached("fans", mine),
            "band": self.facts.band.has_music and self.bands.reached("band", mine),
            "participants": asked,
            "me": False,
        }[audience]

    def shown(self, audience: str, owner: int, others: set[int], look: Look, **holds: bool) -> bool:
        """Whether somebody is in the audience of a thing, and no deny rule stands before it."""
        if not self.reached(audience, owner, look, **holds):
            return False
        if not self.open(owner, look):
            return False
        if look.index and not all(self.facts.indexed[one] for one in others):
            return False
        return all(self.knows(self.me(look), one) for one in {owner, *others})

    # Things -----------------------------------------------------------------------------

    def holds(self, look: Look) -> bool:
        return any(self.facts.links[number] == "in force" for number in look.links)

    def recording(self, look: Look) -> bool:
        players = {one for one, withdrawn in self.facts.stems.items() if not withdrawn}
        if not self.apps({0, *players}, look):
            return False
        met = all(self.knows(self.me(look), one) for one in {0, *players})
        if self.me(look) == 0:
            return met  # a child whom the owner doesn't know can be heard in it
        if self.cares(look, 0):
            return True
        if self.facts.audience != "me" and self.me(look) in players and met:
            return True
        linked = self.holds(look)
        return self.facts.ready and self.shown(self.facts.audience, 0, players, look, linked=linked)

    def stem(self, player: int, look: Look) -> bool:
        players = {one for one, withdrawn in self.facts.stems.items() if not withdrawn}
        if player not in players or not self.here(player) or not self.apps({player}, look):
            return False
        mine = self.me(look)
        together = self.facts.audience != "me" and mine in players
        return mine == player or (together and self.knows(mine, player))

    def session(self, look: Look) -> bool:
        if not self.apps({0}, look):
            return False
        if self.cares(look, 0):
            return True
        if self.me(look) in self.facts.seats and self.knows(self.me(look), 0):
            return True
        mine = self.facts.answers.get(self.me(look) or 0)  # the host answers nothing
        asked = mine in {"going", "waiting", "pending", "maybe"}
        return self.shown(self.facts.room, 0, set(), look, asked=asked)

    def rsvp(self, person: int, look: Look) -> bool:
        """An answer: by who sees the session; one that the host is to decide on, by the two."""
        if not self.session(look) or not self.apps({person}, look):
            return False
        if self.cares(look, person):
            return True
        told = self.facts.answers[person] not in {"pending", "refused"} or self.me(look) == 0
        return told and self.open(person, look) and self.knows(self.me(look), person)

    def seat(self, person: int, look: Look) -> bool:
        if not self.session(look) or not self.apps({person}, look):
            return False
        if self.cares(look, person):
            return True
        return self.open(person, look) and self.knows(self.me(look), person)

    def asked_about(self, person: int, look: Look) -> bool:
        """That somebody waits for the session's hosts, or was removed by them."""
        if not self.apps({person}, look):
            return False
        met = self.open(person, look) and self.knows(self.me(look), person)
        hosts = {0} | (self.facts.co_hosts & self.facts.seats)
        return self.cares(look, person) or (self.me(look) in hosts and met)

    def measured(self, person: int, partner: int, look: Look) -> bool:
        """What somebody's browser measured to somebody: the two read it."""
        if not self.apps({person}, look):
            return False
        met = self.open(person, look) and self.knows(self.me(look), person)
        return self.cares(look, person) or (self.me(look) == partner and met)

    def line(self, author: int, look: Look) -> bool:
        if not self.apps({author}, look):
            return False
        among = self.me(look) in self.facts.seats - self.facts.away
        met = self.open(author, look) and self.knows(self.me(look), author)
        return self.cares(look, author) or (among and met)

    def sheet(self, by: int | None, look: Look) -> bool:
        """A song that somebody added, or a line that they wrote; nobody's: the notes."""
        among = self.me(look) in self.facts.seats
        if by is None:
            return among and not look.app
        if not self.apps({by}, look):
            return False
        met = self.open(by, look) and self.knows(self.me(look), by)
        return self.cares(look, by) or (among and met)

    def person(self, person: int, look: Look) -> bool:
        """A person, and their profile."""
        if not self.here(person) or (look.app and self.is_child(person)):
            return False
        if self.cares(look, person):
            return True
        return self.open(person, look) and self.knows(self.me(look), person)

    def field(self, person: int, name: str, look: Look) -> bool:
        audience = self.facts.field_audiences[FIELDS.index(name)]
        if not self.person(person, look):
            return False
        if look.app and audience != "public" and not self.facts.api[person]:
            return False
        if self.cares(look, person):
            return True
        return self.reached(audience, person, look)

    def plays(self, person: int, look: Look) -> bool:
        """An instrument somebody plays, as a row of its own."""
        if not self.apps({person}, look):
            return False
        audience = self.facts.field_audiences[FIELDS.index("instruments")]
        return self.cares(look, person) or self.shown(audience, person, set(), look)

    def findable(self, person: int, look: Look) -> bool:
        """What somebody is found by, as a row: for who may look for them at all."""
        mine = self.me(look)
        if self.facts.ages[person] == "child" or not self.here(person):
            return False
        if mine == person:
            return True
        if self.follows(mine, person) or self.played(person, mine):
            return self.open(person, look)
        age = "adult" if mine is None else self.facts.ages[mine]
        if self.facts.ages[person] == "teen":
            return mine is not None and age == "teen" and self.open(person, look)
        return age != "child" and self.open(person, look)

    def favourite(self, look: Look) -> bool:
        if not self.apps({0}, look):
            return False
        return self.cares(look, 0) or self.shown(self.facts.favourites, 0, set(), look)

    def follow(self, pair: tuple[int, int], look: Look) -> bool:
        if not self.apps({pair[0]}, look):
            return False
        theirs = self.me(look) == pair[1] and self.open(pair[0], look)
        theirs = theirs and self.knows(self.me(look), pair[0])
        return self.cares(look, pair[0]) or theirs

    def guardianship(self, pair: tuple[int, int], look: Look) -> bool:
        if not self.apps({pair[0]}, look):
            return False
        ward = self.me(look) == pair[1] and self.open(pair[0], look)
        ward = ward and self.knows(self.me(look), pair[0])
        return self.cares(look, pair[0]) or ward

    def own(self, owner: int, look: Look) -> bool:
        return self.apps({owner}, look) and self.me(look) == owner

    def talk(self, look: Look) -> bool:
        mine, pair = self.me(look), set(self.facts.talkers)
        if mine not in pair or not self.apps(pair, look):
            return False
        return all(self.knows(mine, one) and not self.apart(one, mine) for one in pair)

    def said(self, author: int, look: Look) -> bool:
        met = self.open(author, look) and self.knows(self.me(look), author)
        return self.talk(look) and (self.me(look) == author or met)

    # Schools ----------------------------------------------------------------------------

    def school(self, look: Look) -> bool:
        return self.facts.partner == "active"

    def works(self, person: int, look: Look) -> bool:
        mine = self.me(look)
        coordinates = mine in self.facts.coordinators and self.knows(mine, person)
        return self.apps({person}, look) and (mine == person or coordinates)

    def school_class(self, look: Look) -> bool:
        return self.me(look) in self.facts.seated | self.facts.coordinators

    def class_seat(self, person: int, look: Look) -> bool:
        mine = self.me(look)
        if person not in self.facts.seated or not self.apps({person}, look):
            return False
        beside = mine in self.facts.seated and self.open(person, look)
        near = beside or mine in self.facts.coordinators
        return self.cares(look, person) or (near and self.knows(mine, person))

    def enrolment(self, child: int, look: Look) -> bool:
        mine = self.me(look)
        teaches = mine in self.facts.seated and not self.is_child(mine)
        near = self.guards(mine, child) or mine in self.facts.coordinators or teaches
        theirs = mine == child or (near and self.knows(mine, child))
        return self.apps({child}, look) and theirs
