"""Interval mode: everybody hears the others an interval later; a host or a vote decides on it."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from foundation import limits
from foundation.sockets import Refused
from sessions_app.beat import VOTE, answered, grid_of, opened, outcome
from sessions_app.frames import Beat, BeatVote
from sessions_app.presence import Room
from sessions_app.services import absence
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_frame_walk import HELLO, cookie_of
from tests.privacy.test_sockets import PATHS, one_connection

__all__ = ["one_connection"]

RUNS: dict[str, Any] = {
    "on": True,
    "bpm": 120,
    "beats": 4,
    "accents": [1],
    "count_in": 1,
    "interval": 16,
    "from": 8000,
    "rev": 3,
}  # fmt: skip  (counts in until 10 000; intervals are 8 s long)
INTERVALS: dict[str, Any] = {"t": "beat", "on": True, "bpm": 120, "beats": 4, "interval": 16}


def asked(**values: Any) -> Beat:
    return Beat(**{"on": True, "bpm": 120, "beats": 4, "interval": 16, **values})


def test_an_interval_is_played_to_its_end_before_another_begins() -> None:
    changed = grid_of(asked(bpm=90), 12_500, RUNS)
    assert changed == {**RUNS, "bpm": 90, "count_in": 0, "from": 18_000, "rev": 4}
    assert grid_of(asked(bpm=90), 17_701, RUNS)["from"] == 26_000
    live = grid_of(asked(interval=0), 12_500, RUNS)
    assert live == {**RUNS, "interval": 0, "count_in": 0, "from": 14_000, "rev": 4}  # the next bar


def test_before_it_has_begun_it_can_be_another() -> None:
    assert grid_of(asked(bpm=90), 7000, RUNS) == {**RUNS, "bpm": 90, "rev": 4}
    counting = grid_of(asked(bpm=90), 8500, RUNS)
    assert (counting["from"], counting["count_in"]) == (10_000, 0)


@pytest.mark.parametrize(
    ("yes", "no", "inside", "passed"),
    [
        ({1}, set(), {1}, True),
        ({1}, set(), {1, 2}, None),
        ({1, 2}, set(), {1, 2}, True),
        ({1}, {2}, {1, 2}, False),
        ({1}, {2}, {1, 2, 3}, None),
        ({1, 2}, {3}, {1, 2, 3}, True),
        ({1, 9}, set(), {1, 2, 3}, None),  # who has left counts no more
        ({9}, set(), {1}, None),
    ],
)
def test_more_than_half_of_who_is_inside_decide(
    yes: set[int], no: set[int], inside: set[int], passed: bool | None
) -> None:
    assert outcome({"yes": list(yes), "no": list(no)}, inside) is passed


def test_a_vote_is_over_at_its_end_whoever_goes_on_answering() -> None:
    vote = opened(asked(), 1, 1000, None)
    yes = BeatVote(vote=vote["id"], yes=True)
    assert answered(yes, 2, 1000 + VOTE * 1000 - 1, vote)["yes"] == [1, 2]
    with pytest.raises(Refused):
        answered(yes, 2, 1000 + VOTE * 1000, vote)
    assert opened(asked(), 2, 1000 + VOTE * 1000, vote)["yes"] == [2]


def test_nobody_ends_a_vote_with_a_tempo(path: str, cookies: list[str]) -> None:
    """Live, whoever is in changes the tempo; while all are asked, a host alone does."""

    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = await inside(path, *cookies)
        await ben.say(INTERVALS)
        vote = (await heard(ada, "beat.vote"))["vote"]
        await ben.say({"t": "beat", "on": True, "bpm": 90, "beats": 4})
        refused = (await heard(ben, "error"))["code"]
        await ada.say({"t": "beat.vote", "vote": vote["id"], "yes": True})
        decided = (await heard(ben, "beat"))["interval"]
        for socket in (ada, ben):
            await socket.close()
        return [refused, decided]

    assert jam() == ["vote_open", 16]


def test_a_vote_that_names_somebody_who_is_erased_is_gone(cast: Cast) -> None:
    @async_to_sync
    async def opens(room_id: int, by: int) -> None:
        room = Room(room_id)
        await room.change_vote(lambda before: opened(asked(), by, 0, before), 45)
        await room.close()

    @async_to_sync
    async def votes(*rooms: int) -> list[bool]:
        found = []
        for room_id in rooms:
            room = Room(room_id)
            found.append(await room.vote() is not None)
            await room.close()
        return found

    opens(4711, cast["owner"].pk)
    opens(4712, cast["participant"].pk)
    absence.forget(cast["owner"])
    assert votes(4711, 4712) == [False, True]


async def heard(socket: Socket, *kinds: str) -> dict[str, Any]:
    while True:
        frame = await socket.hear()
        if frame["t"] in kinds:
            return frame


async def inside(path: str, *cookies: str) -> list[Socket]:
    sockets = [Socket(path, cookie) for cookie in cookies]
    for socket in sockets:
        await socket.open()
        await socket.say(HELLO)
        await heard(socket, "welcome")
    return sockets


@pytest.fixture
def path(cast: Cast) -> str:
    return PATHS["jam-socket"].format(cast.sessions["public"].public_id)


@pytest.fixture
def cookies(cast: Cast) -> list[str]:
    return [cookie_of(cast, role) for role in ("owner", "participant")]


def test_a_host_changes_the_mode_at_once(path: str, cookies: list[str]) -> None:
    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = await inside(path, *cookies)
        await ada.say(INTERVALS)
        told = [await heard(one, "beat") for one in (ada, ben)]
        for socket in (ada, ben):
            await socket.close()
        return [one["interval"] for one in told]

    assert jam() == [16, 16]


def test_others_ask_and_more_than_half_of_them_decide(path: str, cookies: list[str]) -> None:
    """Ben asks for intervals; nothing changes until Ada says yes. Nobody is told who asked."""

    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = await inside(path, *cookies)
        await ben.say(INTERVALS)
        votes = [(await heard(one, "beat", "beat.vote"))["vote"] for one in (ada, ben)]
        later = Socket(path, cookies[0])  # Ada's reload
        await later.open()
        await later.say(HELLO)
        welcomed = (await heard(later, "welcome"))["vote"]
        await later.say({"t": "beat.vote", "vote": votes[0]["id"], "yes": True})
        decided = [await heard(one, "beat") for one in (later, ben)]
        over = [(await heard(one, "beat.vote"))["vote"] for one in (later, ben)]
        await later.say({"t": "beat.vote", "vote": votes[0]["id"], "yes": True})
        late = (await heard(later, "error"))["code"]
        for socket in (ada, ben, later):
            await socket.close()
        return [votes, welcomed, [one["interval"] for one in decided], over, late]

    (for_ada, for_ben), welcomed, intervals, over, late = jam()
    about = {"id": for_ada["id"], "ends_at": for_ada["ends_at"], "yes": 1, "of": 2}
    beat = {**INTERVALS, "accents": [1], "count_in": 0}
    beat.pop("t")
    assert for_ada == welcomed == {**about, "beat": beat, "mine": None}
    assert for_ben == {**about, "beat": beat, "mine": True}
    assert (intervals, over, late) == ([16, 16], [None, None], "missing")


def test_a_vote_that_half_are_against_is_over(path: str, cookies: list[str]) -> None:
    @async_to_sync
    async def jam() -> list[Any]:
        ada, ben = await inside(path, *cookies)
        await ben.say(INTERVALS)
        vote = (await heard(ada, "beat.vote"))["vote"]
        await ben.say(INTERVALS)
        second = (await heard(ben, "error"))["code"]
        await ada.say({"t": "beat.vote", "vote": vote["id"], "yes": False})
        over = (await heard(ada, "beat", "beat.vote"))["vote"]
        for socket in (ada, ben):
            await socket.close()
        return [second, over]

    assert jam() == ["vote_open", None]


def test_somebody_may_open_three_votes_in_five_minutes(
    path: str, cookies: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BEAT_VOTES", limits.Limit("vote-test", 1, 300))

    @async_to_sync
    async def jam() -> str:
        ada, ben = await inside(path, *cookies)
        await ben.say(INTERVALS)
        vote = (await heard(ada, "beat.vote"))["vote"]
        await ada.say({"t": "beat.vote", "vote": vote["id"], "yes": False})
        await heard(ada, "beat.vote")
        await ben.say(INTERVALS)
        code: str = (await heard(ben, "error"))["code"]
        for socket in (ada, ben):
            await socket.close()
        return code

    assert jam() == "too_many"


def test_an_interval_lasts_two_to_thirty_seconds(path: str, cookies: list[str]) -> None:
    @async_to_sync
    async def jam() -> list[Any]:
        (ada,) = await inside(path, cookies[0])
        said = []
        for bpm, beats in ((120, 3), (60, 31), (120, 4), (60, 30)):
            await ada.say({**INTERVALS, "bpm": bpm, "interval": beats})
            told = await heard(ada, "beat", "error")
            said.append(told.get("interval") or told["code"])
        await ada.close()
        return said

    assert jam() == ["length", "length", 4, 30]


def test_an_answer_that_comes_twice_changes_the_beat_once(path: str, cookies: list[str]) -> None:
    @async_to_sync
    async def jam() -> list[int]:
        room = await inside(path, *cookies)
        ada, ben = room
        await ben.say(INTERVALS)
        vote = (await heard(ada, "beat.vote"))["vote"]
        answer = {"t": "beat.vote", "vote": vote["id"], "yes": True}
        await asyncio.gather(ada.say(answer), ada.say(answer))
        beats = []
        while True:
            frame = await heard(ada, "beat", "beat.vote")
            if frame["t"] == "beat":
                beats.append(frame["interval"])
            elif frame["vote"] is None:
                break
        await asyncio.sleep(0.3)
        for socket in room:
            await socket.close()
        return beats

    assert jam() == [16]
