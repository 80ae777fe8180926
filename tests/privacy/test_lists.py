"""Lists that are written once show each viewer what the named lists say."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.connections import services as connections
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app import lists, presence, queries
from sessions_app.models import JamSession, Participant
from tests.cast import ROLES, Cast
from tests.privacy.world import World


def viewer_of(cast: Cast, role: str) -> Viewer:
    return NOBODY if role == "anonymous" else Viewer(cast[role].pk)


def live(viewer: Viewer) -> list[Any]:
    return list(lists.live(viewer))


def told(recordings: Any) -> list[Any]:
    return [
        (take.pk, take.duration_ms, take.shows_owner, take.of_band,
         [credit.player.username for credit in take.credits],
         [(mix.pk, mix.recording.title) for mix in take.in_force])
        for take in recordings
    ]  # fmt: skip


def by_hand(take: Any, viewer: Viewer) -> Any:
    take.credits = list(queries.credits(viewer).filter(recording=take))
    mix = queries.mix_of(viewer, take)
    take.in_force = [mix] if mix else []
    return take


@pytest.mark.parametrize("role", ROLES)
def test_the_newest_are_those_that_the_named_list_says(world: World, role: str) -> None:
    cast = world.cast
    connections.block(cast["stranger"], cast["participant"])
    viewer = viewer_of(cast, role)
    rows = queries.new_recordings(viewer).order_by("-created_at", "-pk")
    there = [by_hand(take, viewer) for take in rows]
    assert len(there) == (2 if role in {"participant", "leaving"} else 1)
    for _ in range(2):
        assert told(lists.newest(viewer)) == told(there)


def test_who_is_muted_is_heard_of_by_others(world: World) -> None:
    cast = world.cast
    connections.mute(cast["stranger"], cast["owner"])
    shown = {role: len(lists.newest(viewer_of(cast, role))) for role in ROLES}
    assert shown == {
        "owner": 1, "participant": 2, "former": 1, "stranger": 0, "leaving": 2, "anonymous": 1,
    }  # fmt: skip


def test_live_rooms_name_whom_each_may_know(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = world.cast
    connections.block(cast["stranger"], cast["participant"])
    jam = cast.sessions["public"]
    JamSession.objects.filter(pk=jam.pk).update(occupied_until=timezone.now() + timedelta(hours=1))
    seats = Participant.objects.filter(session=jam)
    peers = [presence.Peer(f"tab {seat.pk}", seat.user_id) for seat in seats]
    monkeypatch.setattr(presence, "inside", lambda rooms: dict.fromkeys(rooms, peers))
    inside: dict[str, Any] = {
        role: [
            [person.username for person in room.inside]
            for room in live(viewer_of(cast, role))
            if room.pk == jam.pk
        ]
        for role in ROLES
    }
    both = [["owner", "participant"]]
    assert inside == {**dict.fromkeys(ROLES, both), "stranger": [["owner"]]}
