"""A backing track: one sound for the whole room, told to whoever may hear it and nobody else."""

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation import limits
from sessions_app.frames import Track
from sessions_app.models import Participant, Recording, Stem
from sessions_app.services import absence, deleting, publishing
from sessions_app.track import position_at, track_of
from tests.cast import Cast, recorded
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import HELLO, cookie_of
from tests.privacy.test_sockets import PATHS, one_connection

__all__ = ["one_connection"]

PLAYS: dict[str, Any] = {
    "recording": "r", "stems": [], "playing": True, "position": 1000.0, "tempo": 100, "pitch": 0,
    "loop": None, "from": 10_000.0, "duration": 60_000, "rev": 3,
}  # fmt: skip


def wanted(**values: Any) -> Track:
    return Track(**{"recording": "r", "playing": True, **values})


def test_it_begins_half_a_second_later_so_that_everybody_knows() -> None:
    assert track_of(wanted(position=1000.0), 60_000, 9500, None) == {**PLAYS, "rev": 1}


def test_where_it_is_follows_the_clock() -> None:
    assert position_at(PLAYS, 9000) == 1000  # it hasn't begun
    assert position_at(PLAYS, 12_000) == 3000
    assert position_at({**PLAYS, "tempo": 50}, 12_000) == 2000
    assert position_at({**PLAYS, "playing": False}, 12_000) == 1000
    assert position_at(PLAYS, 99_000) == 60_000  # it has ended
    round_and_round = {**PLAYS, "loop": [500.0, 2000.0]}
    assert [position_at(round_and_round, 10_000 + ms) for ms in (999, 1000, 1600, 2500)] == [
        1999, 500, 1100, 500,
    ]  # fmt: skip


def test_another_tempo_doesnt_move_it() -> None:
    slower = track_of(wanted(tempo=50), 60_000, 12_000, PLAYS)
    assert slower["from"] == 12_300
    assert slower["position"] == position_at(PLAYS, slower["from"]) == 3300
    assert position_at(slower, 14_300) == 4300


def test_it_pauses_and_goes_on_where_it_was() -> None:
    paused = track_of(wanted(playing=False), 60_000, 12_000, PLAYS)
    assert (paused["position"], position_at(paused, 99_000)) == (3300, 3300)
    again = track_of(wanted(), 60_000, 90_000, paused)
    assert (again["from"], again["position"]) == (90_500, 3300)


def test_another_recording_begins_at_its_beginning() -> None:
    assert track_of(wanted(recording="other"), 60_000, 12_000, PLAYS)["position"] == 0


def test_a_loop_behind_which_it_stands_begins_anew() -> None:
    looped = track_of(wanted(loop=[500.0, 2000.0]), 60_000, 12_000, PLAYS)
    assert looped["position"] == 500


# In a room --------------------------------------------------------------------------------------


async def heard(socket: Socket, *kinds: str) -> dict[str, Any]:
    while True:
        frame = await socket.hear()
        if frame["t"] in kinds:
            return frame


async def told(socket: Socket) -> Any:
    return (await heard(socket, "track"))["track"]


async def entered(path: str, cookie: str) -> tuple[Socket, dict[str, Any]]:
    socket = Socket(path, cookie)
    await socket.open()
    await socket.say(HELLO)
    return socket, await heard(socket, "welcome")


@pytest.fixture
def path(cast: Cast) -> str:
    Participant.objects.create(session=cast.sessions["public"], user=cast["stranger"])
    return PATHS["jam-socket"].format(cast.sessions["public"].public_id)


NOT_FOR_THEM = {"hears": False}


@pytest.mark.clause("who-sees")
def test_it_is_told_to_who_may_hear_it_and_to_nobody_else(cast: Cast, path: str) -> None:
    shared, public = cast.recordings["participants"], cast.recordings["public"]
    cookies = {role: cookie_of(cast, role) for role in ("owner", "participant", "stranger")}
    ids = {"owner": cast["owner"].public_id}
    mix = shared.mixes.get()

    @async_to_sync
    async def jam() -> dict[str, Any]:
        host, welcome = await entered(path, cookies["owner"])
        player, _ = await entered(path, cookies["participant"])
        stranger, _ = await entered(path, cookies["stranger"])
        got: dict[str, Any] = {"at first": welcome["track"]}
        for name, recording in (("shared", shared), ("public", public)):
            await host.say({"t": "track", "recording": recording.public_id, "playing": True})
            got[name] = [await told(one) for one in (host, player, stranger)]
        late, welcome = await entered(path, cookies["participant"])
        got["late"] = welcome["track"]
        await host.say({"t": "track", "recording": None})
        got["away"] = [await told(one) for one in (host, late, stranger)]
        for one in (host, player, late, stranger):
            await one.close()
        return got

    got = jam()
    assert got["at first"] is None
    host, player, stranger = got["shared"]
    assert (host, stranger) == (player, NOT_FOR_THEM)
    assert host == {
        **PLAYS, "recording": shared.public_id, "position": 0.0, "rev": 1, "hears": True,
        "mix": str(mix.public_id),
        "by": ids["owner"], "from": host["from"], "duration": host["duration"],
    }  # fmt: skip
    assert [one["recording"] for one in got["public"]] == [public.public_id] * 3
    assert got["late"] == got["public"][0]
    assert got["away"] == [None] * 3


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("does", ["change_audience", "withdraw", "delete"])
def test_who_may_hear_it_no_longer_is_told_so_at_once(
    cast: Cast, path: str, does: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test's transaction is never committed: what follows a commit follows at once.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    recording = cast.recordings["public"]
    cookies = {role: cookie_of(cast, role) for role in ("owner", "stranger")}
    done: dict[str, Callable[[], Any]] = {
        "change_audience": lambda: publishing.change_audience(recording, "me"),
        "withdraw": lambda: publishing.withdraw(recording, cast["participant"]),
        "delete": lambda: deleting.delete_recording(recording, cast["owner"]),
    }

    @async_to_sync
    async def jam() -> list[Any]:
        host, _ = await entered(path, cookies["owner"])
        stranger, _ = await entered(path, cookies["stranger"])
        await host.say({"t": "track", "recording": recording.public_id, "playing": True})
        before = await told(stranger)
        await database_sync_to_async(done[does])()
        after = await told(stranger)
        for one in (host, stranger):
            await one.close()
        return [before["hears"], after]

    assert jam() == [True, NOT_FOR_THEM]


@pytest.mark.clause("who-sees")
def test_single_stems_are_for_who_plays_on_it(cast: Cast, path: str) -> None:
    recording = cast.recordings["public"]
    stem = Stem.objects.filter(recording=recording).first()
    assert stem is not None
    Stem.objects.filter(pk=stem.pk).update(state=Stem.State.ALIGNED)
    cookies = {role: cookie_of(cast, role) for role in ("owner", "stranger")}

    @async_to_sync
    async def jam() -> list[Any]:
        host, _ = await entered(path, cookies["owner"])
        stranger, _ = await entered(path, cookies["stranger"])
        only = {"stems": [stem.public_id], "playing": True}
        await host.say({"t": "track", "recording": recording.public_id, **only})
        got = [await told(host), await told(stranger)]
        for one in (host, stranger):
            await one.close()
        return got

    host, stranger = jam()
    assert (host["stems"], stranger) == ([stem.public_id], NOT_FOR_THEM)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"tempo": 1e9}, "invalid"), ({"tempo": 49}, "invalid"), ({"tempo": "100"}, "invalid"),
    ({"tempo": 99.5}, "invalid"), ({"pitch": 13}, "invalid"), ({"position": -1}, "invalid"),
    ({"position": 1e308}, "invalid"), ({"loop": [2000, 1000]}, "invalid"),
    ({"loop": [0]}, "invalid"), ({"loop": [0, 10_000_000]}, "invalid"),
    ({"stems": ["x"] * 5}, "invalid"), ({"playing": "yes"}, "invalid"),
    ({"recording": "a\0b"}, "invalid"), ({"by": "me"}, "invalid"),
    ({"recording": "00000000-0000-0000-0000-000000000000"}, "missing"),
    ({"stems": ["00000000-0000-0000-0000-000000000000"]}, "missing"),
    ({"loop": [0, 100]}, "refused"),
]  # fmt: skip


def test_what_cant_be_is_answered_and_changes_nothing(cast: Cast, path: str) -> None:
    recording = cast.recordings["public"].public_id
    hidden = Recording.objects.create(
        owner=cast["stranger"], audience="me", state=Recording.State.READY, title="mark-hidden"
    ).public_id
    cookie = cookie_of(cast, "owner")
    frames = [
        *({"t": "track", "recording": recording, **wrong} for wrong, _ in WRONG),
        {"t": "track", "recording": hidden},
    ]

    @async_to_sync
    async def jam() -> tuple[list[str], Any]:
        host, _ = await entered(path, cookie)
        codes = []
        for frame in frames:
            await host.say(frame)
            codes.append((await heard(host, "error", "track")).get("code", "told"))
            await asyncio.sleep(0.1)  # within the budget of what asks the database
        await host.say(json.dumps({"t": "track", "recording": recording, "tempo": math.nan}))
        codes.append((await heard(host, "error"))["code"])
        await host.say(HELLO)
        track = (await heard(host, "welcome"))["track"]
        await host.close()
        return codes, track

    codes, track = jam()
    assert codes == [*(code for _, code in WRONG), "missing", "malformed"]
    assert track is None


def test_only_hosts_set_it_and_so_often(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRACKS", limits.Limit("track-test", 2, 3600))
    recording = cast.recordings["public"].public_id
    cookies = [cookie_of(cast, role) for role in ("owner", "participant")]

    @async_to_sync
    async def jam() -> list[Any]:
        host, _ = await entered(path, cookies[0])
        player, _ = await entered(path, cookies[1])
        wish = {"t": "track", "recording": recording}
        await player.say(wish)
        got = [(await heard(player, "error", "track")).get("code")]
        for _ in range(3):
            await host.say(wish)
            got.append((await heard(host, "error", "track")).get("code"))
        for one in (host, player):
            await one.close()
        return got

    assert jam() == ["refused", None, None, "too_many"]


def test_one_that_is_too_long_is_refused_in_words(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRACK_SECONDS", 0)
    cookie = cookie_of(cast, "owner")

    @async_to_sync
    async def jam() -> Any:
        host, _ = await entered(path, cookie)
        await host.say({"t": "track", "recording": cast.recordings["public"].public_id})
        error = await heard(host, "error", "track")
        await host.close()
        return error["code"]

    assert jam() == "length"


@pytest.mark.clause("leaving")
def test_the_track_of_who_is_erased_goes_on_without_their_name(cast: Cast, path: str) -> None:
    cookies = [cookie_of(cast, role) for role in ("owner", "participant")]

    @async_to_sync
    async def jam() -> Any:
        host, _ = await entered(path, cookies[0])
        await host.say({"t": "track", "recording": cast.recordings["public"].public_id})
        await told(host)
        await host.close()
        await database_sync_to_async(absence.forget)(cast["owner"])
        player, welcome = await entered(path, cookies[1])
        await player.close()
        return welcome["track"]

    track = jam()
    assert (track["recording"], track["by"]) == (cast.recordings["public"].public_id, None)


# What a page asks of a recording ------------------------------------------------------------------


@pytest.mark.clause("who-sees")
def test_the_page_is_told_when_each_stem_begins_and_of_none_that_it_may_not_hear(
    cast: Cast,
) -> None:
    recording = cast.recordings["public"]
    stem = Stem.objects.get(recording=recording, player=cast["participant"])
    late = {"start_ms": 250.0, "drift_ppm": 12.5, "slips": [[4800, 2.5]]}
    Stem.objects.filter(pk=stem.pk).update(**late)
    address = f"{recording.get_absolute_url()}track/"
    told = cast.client("owner").get(address)
    assert told["Cache-Control"] == "private, no-store"
    about = told.json()
    assert (about["title"], about["duration"]) == (recording.title, 1000)
    (mine,) = [one for one in about["stems"] if one["id"] == stem.public_id]
    assert {key: mine[key] for key in ("start", "rate", "drift_ppm", "slips", "gain", "pan")} == {
        "start": 250.0, "rate": 48000, "drift_ppm": 12.5, "slips": [[4800, 2.5]], "gain": 1.0,
        "pan": 0.0,
    }  # fmt: skip
    for role in ("stranger", "anonymous"):
        assert cast.client(role).get(address).json()["stems"] == []
        hidden = cast.recordings["participants"].get_absolute_url()
        assert cast.client(role).get(f"{hidden}track/").status_code == 404


def test_a_recording_without_a_mix_is_no_track(cast: Cast) -> None:
    recording = cast.recordings["public"]
    recording.mixes.all().delete()
    assert cast.client("owner").get(f"{recording.get_absolute_url()}track/").status_code == 404


def test_it_takes_as_many_queries_for_three_stems_as_for_one(cast: Cast) -> None:
    players = [cast[role] for role in ("owner", "participant", "stranger")]
    takes = [recorded(cast["owner"], players[:many], audience="public") for many in (1, 3)]
    client = cast.client("owner")
    client.get(f"{takes[0].get_absolute_url()}track/")  # statements are written once
    counts = []
    for take in takes:
        with CaptureQueriesContext(connection) as queries:
            told = client.get(f"{take.get_absolute_url()}track/").json()
        counts.append((len(told["stems"]), len(queries)))
    assert [stems for stems, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]
