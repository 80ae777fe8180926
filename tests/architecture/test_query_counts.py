"""Lists take the same number of queries for one item and for three."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bands.services import bands, follows, members
from community import services as community
from messaging import services as messaging
from privacy.models import Export
from sessions_app.models import JamSession, Recording
from sessions_app.services import chat, sheets
from sessions_app.services import sessions as jams
from tests.cast import BACKEND, person, recorded


class Stage:
    """A member who looks, and things of others to look at."""

    def __init__(self) -> None:
        self.member, self.host = person("member"), person("host")
        self.player = person("player")
        self.jam = jams.open_session(self.host, title="one", about="", audience="public")
        self.talk = messaging.conversation_between(self.member, self.host)
        self.band = bands.found(self.host, name="Trio", slug="trio", audience="public")
        members.accept(members.invite(self.band, self.host, self.member), self.member)
        self.client, self.anonymous = Client(), Client()
        self.client.force_login(self.member, backend=BACKEND)
        key = self.client.session.session_key
        UserSession.objects.create(user=self.member, session_key=key, ip="127.0.0.1")
        self.number = 0

    def add(self) -> None:
        """Add one of everything."""
        self.number += 1
        friend: User = person(f"friend{self.number}")
        jam = jams.open_session(friend, title="", about="", audience="public")
        jams.join(jam, self.host)
        jams.join(self.jam, friend)
        jams.join(self.jam, self.member)
        song: dict[str, Any] = {"title": "Song", "key": "", "tempo": None, "ref": str(uuid.uuid4())}
        sheets.add_song(self.jam, friend, **song)
        line: dict[str, Any] = {
            "text": "[Am]",
            "version": 0,
            "after": None,
            "ref": str(uuid.uuid4()),
        }
        sheets.write_line(sheets.notes_of(self.jam), friend, **line)
        chat.say(self.jam, friend, text="hello", ref=str(uuid.uuid4()))
        public = recorded(self.host, [self.host, self.player], audience="public", session=self.jam)
        community.keep(self.member, public)
        mine = jams.open_session(self.member, title="", about="", audience="participants")
        recorded(self.member, [self.member, friend], audience="participants", session=mine)
        messaging.write(self.talk, self.host, text="hello", ref=str(uuid.uuid4()))
        other = messaging.conversation_between(self.member, friend)
        messaging.write(other, friend, text="hello", ref=str(uuid.uuid4()))
        Export.objects.create(user=self.member, status="done")
        self.add_bands(friend)

    def add_bands(self, friend: User) -> None:
        """Add people, music and followers to the band; one of the member's; one that asks them."""
        name = f"band{self.number}"
        members.accept(members.invite(self.band, self.host, friend), friend, audience="public")
        members.invite(self.band, self.host, person(f"asked{self.number}"))
        follows.follow(self.band, person(f"fan{self.number}"))
        jam = jams.open_session(self.host, title="", about="", audience="public", band=self.band)
        take = recorded(self.host, [self.host, friend], audience="public", session=jam)
        Recording.objects.filter(pk=take.pk).update(band=self.band)
        bands.found(self.member, name=name, slug=name, audience="public")
        asking = bands.found(friend, name=f"{name}-too", slug=f"{name}-too", audience="members")
        members.invite(asking, friend, self.member)

    def queries(self, client: Client, path: str) -> tuple[int, int]:
        """Return status and number of queries, with somebody in each room, once all is warm."""
        JamSession.objects.update(occupied_until=timezone.now() + timedelta(hours=1))
        for _ in range(2):
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                answer: Any = client.get(path)
        return answer.status_code, len(queries)


# page → queries of a member, queries of a visitor (None: members only)
COUNTS: dict[str, tuple[int, int | None]] = {
    "home": (7, 5),  # a member's own planned sessions
    "jams": (6, 3),  # what is planned, and a member's own of it
    "find_jams": (5, 4),  # live, to come, who has seats, their faces
    "jam": (8, 6),
    "jam_chat": (5, None),
    "jam_songs": (6, None),
    "recordings": (5, 4),
    "recordings?mine=1": (5, 4),
    "profile": (11, 9),
    "bands": (4, 1),
    "band": (10, 9),
    "band_members": (5, None),
    "favourites": (6, None),
    "conversations": (4, None),
    "conversation": (6, None),
    "exports": (2, None),
    "api_sessions": (2, 1),
    "api_recordings": (3, 2),
    "api_recordings?mine=1": (3, 2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_list_costs_the_same_for_one_item_and_for_three(db: None, name: str) -> None:
    stage = Stage()
    route, _, query = name.partition("?")
    given = {**dict.fromkeys(("jam", "jam_chat", "jam_songs"), stage.jam.public_id),
             "profile": "host", "conversation": stage.talk.public_id, "band": "trio",
             "band_members": "trio"}  # fmt: skip
    path = reverse(route, args=[given[route]] if route in given else [])
    path += f"?{query}" if query else ""
    member, visitor = COUNTS[name]
    found = []
    for more in (1, 2):
        for _ in range(more):
            stage.add()
        found.append(
            (
                stage.queries(stage.client, path),
                stage.queries(stage.anonymous, path) if visitor is not None else None,
            )
        )
    want = ((200, member), (200, visitor) if visitor is not None else None)
    assert found == [want, want]


@pytest.mark.promise("JK-01")
def test_the_public_pages_stay_below_twelve_queries() -> None:
    for name in ("home", "jams", "recordings", "profile", "bands", "band"):
        assert max(one or 0 for one in COUNTS[name]) <= 12
