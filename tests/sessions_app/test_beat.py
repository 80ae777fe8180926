"""The room's metronome: one tempo for everybody, changed at a bar, by whoever is in."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from foundation import limits
from sessions_app.beat import grid_of
from sessions_app.frames import Beat
from sessions_app.presence import Room
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import HELLO, cookie_of
from tests.privacy.test_sockets import PATHS, one_connection

__all__ = ["one_connection"]

RUNS: dict[str, Any] = {
    "on": True, "bpm": 120, "beats": 4, "accents": [1], "count_in": 0, "interval": 0,
    "from": 10_000, "rev": 3,
}  # fmt: skip


def asked(**values: Any) -> Beat:
    return Beat(**{"on": True, "bpm": 120, "beats": 4, **values})


def test_it_begins_half_a_second_later_so_that_everybody_knows() -> None:
    beat = grid_of(asked(count_in=1), 7000, None)
    assert beat == {**RUNS, "count_in": 1, "from": 7500, "rev": 1}


def test_another_tempo_begins_with_the_next_bar_and_counts_nothing_in() -> None:
    changed = grid_of(asked(bpm=90, count_in=2), 12_500, RUNS)
    assert changed == {**RUNS, "bpm": 90, "from": 14_000, "rev": 4}  # bars are 2 s long
    too_close = grid_of(asked(bpm=90), 13_701, RUNS)
    assert too_close["from"] == 16_000
    just_in_time = grid_of(asked(bpm=90), 13_700, RUNS)
    assert just_in_time["from"] == 14_000


def test_a_tempo_that_is_changed_before_it_begins_begins_when_it_would_have() -> None:
    counting = {**RUNS, "count_in": 1}
    assert grid_of(asked(bpm=90), 9600, counting) == {**counting, "bpm": 90, "rev": 4}


def test_off_is_off_and_starts_anew() -> None:
    off = grid_of(asked(on=False), 12_500, RUNS)
    assert (off["on"], off["rev"]) == (False, 4)
    assert grid_of(asked(), 20_000, off)["from"] == 20_500


def test_beats_that_a_bar_has_not_are_not_stressed() -> None:
    assert grid_of(asked(beats=3, accents=[3, 1, 3, 4]), 0, None)["accents"] == [1, 3]


async def heard(socket: Socket, *kinds: str) -> dict[str, Any]:
    while True:
        frame = await socket.hear()
        if frame["t"] in kinds:
            return frame


@pytest.fixture
def path(cast: Cast) -> str:
    return PATHS["jam-socket"].format(cast.sessions["public"].public_id)


def test_whoever_is_in_starts_it_and_who_comes_later_hears_the_same(cast: Cast, path: str) -> None:
    cookies = [cookie_of(cast, role) for role in ("owner", "participant")]

    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = (Socket(path, cookie) for cookie in cookies)
        await ada.open()
        await ada.say(HELLO)
        first = (await heard(ada, "welcome"))["beat"]
        await ada.say({"t": "beat", "on": True, "bpm": 97, "beats": 3})
        told = await heard(ada, "beat")
        await ben.open()
        await ben.say(HELLO)
        later = (await heard(ben, "welcome"))["beat"]
        await ben.say({"t": "beat", "on": False, "bpm": 97, "beats": 3})
        off = [(await heard(one, "beat"))["on"] for one in (ada, ben)]
        for socket in (ada, ben):
            await socket.close()
        return [first, told, later, off]

    first, told, later, off = jam()
    told.pop("t")
    assert (first, off) == (None, [False, False])
    assert later == told
    assert {key: told[key] for key in ("on", "bpm", "beats", "accents", "count_in")} == {
        "on": True, "bpm": 97, "beats": 3, "accents": [1], "count_in": 0,
    }  # fmt: skip


def test_a_host_takes_the_beat_from_somebody_and_gives_it_back(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    cookies = [cookie_of(cast, role) for role in ("owner", "participant")]
    user = cast["participant"].public_id
    every = {"chat": True, "record": True, "tempo": True, "invite": True}

    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = (Socket(path, cookie) for cookie in cookies)
        for socket in (ada, ben):
            await socket.open()
            await socket.say(HELLO)
            await heard(socket, "welcome")
        await ada.say({"t": "host.rights", "user": user, **every, "tempo": False})
        seen: list[Any] = [(await heard(ben, "seat"))["rights"]["tempo"]]
        for interval in (0, 8):  # neither the beat itself nor a vote on it
            await ben.say({"t": "beat", "on": True, "bpm": 90, "beats": 4, "interval": interval})
            seen.append((await heard(ben, "error", "beat", "beat.vote"))["code"])
        await ada.say({"t": "beat", "on": True, "bpm": 97, "beats": 3})
        seen.append((await heard(ben, "beat"))["bpm"])
        await ada.say({"t": "host.rights", "user": user, **every})
        seen.append((await heard(ben, "seat"))["rights"]["tempo"])
        await ben.say({"t": "beat", "on": True, "bpm": 98, "beats": 3})
        seen.append((await heard(ben, "beat", "error"))["bpm"])
        await ada.say({"t": "host.rights", "user": user, "chat": True, "record": True})
        seen.append((await heard(ada, "error"))["code"])  # said of each right, or of none
        for socket in (ada, ben):
            await socket.close()
        return seen

    assert jam() == [False, "refused", "refused", 97, True, 98, "invalid"]


@pytest.mark.parametrize(
    "wrong",
    [{"bpm": 29}, {"bpm": 301}, {"bpm": 120.5}, {"bpm": True}, {"beats": 0}, {"beats": 13},
     {"accents": [0]}, {"accents": [1] * 13}, {"count_in": 3}, {"on": "yes"}, {"from": 1},
     {"interval": -1}, {"interval": 65}],
)  # fmt: skip
def test_what_is_no_beat_is_refused_and_the_room_goes_on(
    cast: Cast, path: str, wrong: dict[str, Any]
) -> None:
    cookie = cookie_of(cast, "owner")

    @async_to_sync
    async def jam() -> list[Any]:
        ada = Socket(path, cookie)
        await ada.open()
        await ada.say(HELLO)
        await ada.say({"t": "beat", "on": True, "bpm": 120, "beats": 4, **wrong})
        error = await heard(ada, "error", "beat")
        await ada.say({"t": "beat", "on": True, "bpm": 120, "beats": 4})
        beat = await heard(ada, "beat")
        await ada.close()
        return [error["t"], error["code"], error["for"], beat["bpm"]]

    assert jam() == ["error", "invalid", "beat", 120]


def test_thirty_changes_a_minute_are_enough(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BEATS", limits.Limit("beat-test", 2, 60))
    cookie = cookie_of(cast, "owner")

    @async_to_sync
    async def jam() -> list[Any]:
        ada = Socket(path, cookie)
        await ada.open()
        await ada.say(HELLO)
        for bpm in (100, 101, 102):
            await ada.say({"t": "beat", "on": True, "bpm": bpm, "beats": 4})
        told = [await heard(ada, "beat", "error") for _ in range(3)]
        await ada.close()
        return sorted(str(one.get("bpm") or one["code"]) for one in told)

    assert jam() == ["100", "101", "too_many"]


def test_two_changes_at_once_are_one_after_the_other(cast: Cast) -> None:
    """Of two who turn the tempo at the same moment everybody ends with one, and knows which."""

    @async_to_sync
    async def turned() -> tuple[list[int], Any]:
        room = Room(4711)
        seen: list[int] = []

        async def turn(bpm: int) -> int:
            beat = await room.change_beat(lambda before: grid_of(asked(bpm=bpm), 0, before))
            seen.append(beat["rev"])
            return beat["rev"]

        await asyncio.gather(*(turn(100 + number) for number in range(8)))
        kept = await room.beat()
        await room._valkey.delete("room:4711:beat")
        await room.close()
        return sorted(seen), kept

    seen, kept = turned()
    assert seen == list(range(1, 9))
    assert kept["rev"] == 8
