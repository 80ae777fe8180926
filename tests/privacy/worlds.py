"""Random worlds for row-level security: people in every state, and rows that tie them."""

import uuid
from typing import Any

from hypothesis import strategies as st

from accounts.models import Block, Follow, JammedWith, User
from messaging.models import Conversation, Member, Message
from privacy.sharing import links
from schools.models import Guardianship
from sessions_app.models import ChatLine, JamSession, Mix, Participant, Recording, Stem, StemChunk
from tests.school import consent_for

PEOPLE = 4
person = st.integers(0, PEOPLE - 1)
pairs = st.tuples(person, person).filter(lambda one: one[0] != one[1])
some = st.sets(person, max_size=PEOPLE)
audiences = st.sampled_from(Recording._meta.get_field("audience").offers)
recordings = st.lists(
    st.fixed_dictionaries(
        {
            "owner": st.none() | person,
            "audience": audiences,
            "state": st.sampled_from(["ready", "processing"]),
            "stems": st.dictionaries(
                person, st.sampled_from(["aligned", "capturing", "withdrawn"]), max_size=PEOPLE
            ),
            "mix": st.sampled_from(["done", "waiting", "withdrawn"]),
        }
    ),
    max_size=4,
)
worlds = st.fixed_dictionaries(
    {
        "states": st.lists(
            st.sampled_from(["active", "active", "leaving", "suspended"]),
            min_size=PEOPLE, max_size=PEOPLE,
        ),
        "ages": st.lists(
            st.sampled_from(["adult", "adult", "child"]), min_size=PEOPLE, max_size=PEOPLE
        ),
        "follows": st.sets(pairs, max_size=4),
        "asked": st.booleans(),  # whether those follows still wait for a yes
        "blocks": st.sets(pairs, max_size=2),
        "jams": st.sets(pairs, max_size=2),
        "guardians": st.sets(pairs, max_size=1),
        "recordings": recordings,
        "rooms": st.lists(st.tuples(some, some), max_size=2),  # (seats, who wrote)
        "talks": st.lists(st.tuples(some, some), max_size=3),  # (members, who wrote)
    }
)  # fmt: skip


def build(world: dict[str, Any]) -> list[User]:
    """Make the rows of a world; return its people."""
    people = [
        User.objects.create(
            username=f"someone{n}", email=f"{n}@mail.example", state=state,
            age_group=world["ages"][n],
        )
        for n, state in enumerate(world["states"])
    ]  # fmt: skip
    for one in filter(lambda person: person.is_child, people):
        consent_for(one)
    _tie(world, people)
    for one in world["recordings"]:
        _recording(one, people)
    for seats, wrote in world["rooms"]:
        _room(seats, wrote, people)
    for members, wrote in world["talks"]:
        _talk(members, wrote, people)
    return people


def _tie(world: dict[str, Any], people: list[User]) -> None:
    """Make who follows, blocks, has played with and answers for whom."""
    state = "requested" if world["asked"] else "accepted"
    for a, b in world["follows"]:
        Follow.objects.create(follower=people[a], followee=people[b], state=state)
    for a, b in world["blocks"]:
        Block.objects.create(blocker=people[a], blocked=people[b])
    for a, b in world["jams"]:
        JammedWith.objects.create(person=people[a], partner=people[b])
    for a, b in world["guardians"]:
        Guardianship.objects.create(guardian=people[a], child=people[b])


def _room(seats: set[int], wrote: set[int], people: list[User]) -> None:
    room = JamSession.objects.create(host=people[0])
    for n in seats:
        Participant.objects.create(session=room, user=people[n])
    for n in wrote:
        ChatLine.objects.create(session=room, author=people[n], ref=uuid.uuid4(), text="la")


def _talk(members: set[int], wrote: set[int], people: list[User]) -> None:
    talk = Conversation.objects.create()
    for n in members:
        Member.objects.create(conversation=talk, user=people[n])
    for n in wrote:
        Message.objects.create(conversation=talk, author=people[n], ref=uuid.uuid4(), text="psst")


def _recording(one: dict[str, Any], people: list[User]) -> None:
    owner = None if one["owner"] is None else people[one["owner"]]
    recording = Recording.objects.create(
        owner=owner, audience=one["audience"], state=one["state"], title="take"
    )
    if owner is not None and not owner.is_child and one["audience"] == "link":
        links.make(recording, owner)
    stems = [
        Stem.objects.create(recording=recording, player=people[n], state=state)
        for n, state in one["stems"].items()
    ]
    for stem in stems:
        StemChunk.objects.create(stem=stem, number=0, sha256="", size=1, file="chunks/x")
    withdrawn = one["mix"] == "withdrawn"
    mix = Mix.objects.create(
        recording=recording, status="done" if withdrawn else one["mix"],
        withdrawn_at="2026-01-01T00:00Z" if withdrawn else None,
    )  # fmt: skip
    mix.stems.set(stems)
