"""A host mutes somebody for everybody, and hands out turns, for which nothing is muted."""

import json
from typing import Any

import pytest

from foundation.limits import valkey
from sessions_app.models import JamSession
from sessions_app.services import absence
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection, with_socket

__all__ = ["one_connection"]


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


def jar(cast: Cast, role: str) -> str:
    return cast.client(role).cookies.output(header="", sep=";").strip().split(";")[0]


async def enter(socket: Socket) -> dict[str, Any]:
    await socket.say({"t": "hello"})
    return await socket.hear()


async def until(socket: Socket, kind: str) -> dict[str, Any]:
    while (frame := await socket.hear())["t"] != kind:
        pass
    return frame


def test_who_is_muted_is_told_and_unmutes_by_hand(cast: Cast, jam: JamSession) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")
    user = cast["participant"].public_id

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        seen: list[Any] = [(await enter(guest))["muted_by_host"]]
        await until(host, "peer.joined")
        await host.say({"t": "host.mute", "user": user, "muted": True})
        seen.append(await until(guest, "muted"))
        seen.append((await until(host, "state"))["muted_by_host"])
        # A client that goes on as if nothing had been said stays silenced.
        await guest.say({"t": "state", "muted": False})
        await guest.close()
        again = Socket(path, cookie)
        await again.open()
        seen.append((await enter(again))["muted_by_host"])
        seen.append((await until(host, "peer.joined"))["muted_by_host"])
        for muted in (True, False):
            await again.say({"t": "state", "muted": muted})
            state = await until(host, "state")
            seen.append((state["muted"], state["muted_by_host"]))
        await again.close()
        return seen

    assert with_socket(cast, "owner", path, talk) == [
        False, {"t": "muted", "by_host": True}, True, True, True, (True, True), (False, False),
    ]  # fmt: skip


def test_a_host_lifts_it_and_nobody_else_sets_it(cast: Cast, jam: JamSession) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")
    user, owner = cast["participant"].public_id, cast["owner"].public_id

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        await enter(guest)
        seen: list[Any] = []
        for muted in (True, True, False):
            await host.say({"t": "host.mute", "user": user, "muted": muted})
        seen += [(await until(guest, "muted"))["by_host"] for _ in range(2)]
        await guest.say({"t": "host.mute", "user": owner, "muted": True})
        seen.append((await until(guest, "error"))["text"])
        await host.say({"t": "host.mute", "user": owner, "muted": True})
        seen.append((await until(host, "error"))["text"])
        await host.say({"t": "host.mute", "user": cast["former"].public_id, "muted": True})
        seen.append((await until(host, "error"))["code"])
        await guest.close()
        return seen

    assert with_socket(cast, "owner", path, talk) == [
        True,
        False,
        "Only the session's hosts can do this. Nothing was changed.",
        "The session's host can't be muted for everybody.",
        "missing",
    ]


def test_a_picture_is_turned_off_for_all_and_comes_back_by_hand(
    cast: Cast, jam: JamSession
) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")
    user = cast["participant"].public_id

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        seen: list[Any] = [(await enter(guest))["picture_held"]]
        seen.append((await until(host, "peer.joined"))["picture_held"])
        await guest.say({"t": "state", "muted": False, "picture": True})
        await host.say({"t": "host.picture", "user": user, "held": True})
        seen.append(await until(guest, "picture"))
        state = await until(host, "state")
        seen.append((state["picture_held"], state["muted_by_host"]))
        # A client that goes on as before stays hidden, and so does who comes back.
        await guest.say({"t": "state", "muted": False, "picture": True})
        await guest.close()
        again = Socket(path, cookie)
        await again.open()
        seen.append((await enter(again))["picture_held"])
        seen.append((await until(host, "peer.joined"))["picture_held"])
        for shown in (False, True):
            await again.say({"t": "state", "muted": shown, "picture": shown})
        # Of both changes a socket may tell at once, or one after the other.
        while not (state := await until(host, "state"))["muted"] or state["picture_held"]:
            pass
        seen.append((state["muted"], state["picture_held"]))
        await again.close()
        return seen

    assert with_socket(cast, "owner", path, talk) == [
        False, False, {"t": "picture", "held": True}, (True, False), True, True, (True, False),
    ]  # fmt: skip


def test_who_may_not_mute_somebody_may_not_turn_their_picture_off(
    cast: Cast, jam: JamSession
) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")
    user, owner = cast["participant"].public_id, cast["owner"].public_id

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        await enter(guest)
        for held in (True, True, False):
            await host.say({"t": "host.picture", "user": user, "held": held})
        seen: list[Any] = [(await until(guest, "picture"))["held"] for _ in range(2)]
        await guest.say({"t": "host.picture", "user": owner, "held": True})
        seen.append((await until(guest, "error"))["text"])
        await host.say({"t": "host.picture", "user": owner, "held": True})
        seen.append((await until(host, "error"))["text"])
        await host.say({"t": "host.picture", "user": cast["former"].public_id, "held": True})
        seen.append((await until(host, "error"))["code"])
        await guest.close()
        return seen

    assert with_socket(cast, "owner", path, talk) == [
        True,
        False,
        "Only the session's hosts can do this. Nothing was changed.",
        "The picture of the session's host can't be turned off for everybody.",
        "missing",
    ]


@pytest.mark.clause("leaving")
def test_what_is_kept_of_it_goes_with_who_is_erased(cast: Cast, jam: JamSession) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")

    async def talk(host: Socket) -> None:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        await enter(guest)
        user = cast["participant"].public_id
        await host.say({"t": "host.mute", "user": user, "muted": True})
        await host.say({"t": "host.picture", "user": user, "held": True})
        await until(guest, "muted")
        await until(guest, "picture")
        await guest.close()

    with_socket(cast, "owner", path, talk)
    for key in (f"room:{jam.pk}:muted", f"room:{jam.pk}:pictures"):
        assert valkey().hkeys(key) == [str(cast["participant"].pk).encode()]
        assert 0 < valkey().ttl(key) <= 120
    absence.forget(cast["participant"])
    for key in (f"room:{jam.pk}:muted", f"room:{jam.pk}:pictures"):
        assert valkey().hkeys(key) == []


def test_a_turn_is_shown_to_all_who_may_know_whose_it_is(cast: Cast, jam: JamSession) -> None:
    path, cookie = f"/ws/jam/{jam.public_id}/", jar(cast, "participant")
    user = cast["participant"].public_id

    async def talk(host: Socket) -> list[Any]:
        guest = Socket(path, cookie)
        await guest.open()
        await enter(host)
        seen: list[Any] = [(await enter(guest))["turn"]]
        await host.say({"t": "host.turn", "user": user, "seconds": 600})
        turn = await until(guest, "turn")
        seen.append((turn["user"], turn["yours"]))
        same = await until(host, "turn")
        seen.append((same["user"], same["yours"], same["until"] == turn["until"]))
        await host.say({"t": "hello"})
        again = (await until(host, "welcome"))["turn"]
        seen.append({"t": "turn", **again} == same)
        await guest.say({"t": "host.turn", "user": None})
        seen.append((await until(guest, "error"))["code"])
        seen.append(0 < valkey().ttl(f"room:{jam.pk}:turn") <= 120)
        await host.say({"t": "host.turn", "user": None})
        ended = await until(guest, "turn")
        seen.append((ended["user"], ended["until"], ended["yours"]))
        await guest.close()
        return seen

    nobodys = {"user": None, "until": None, "yours": False}
    assert with_socket(cast, "owner", path, talk) == [
        nobodys, (user, True), (user, False, True), True, "refused", True, (None, None, False),
    ]  # fmt: skip


def test_a_turn_that_is_over_is_nobodys_though_the_note_of_it_lives(
    cast: Cast, jam: JamSession
) -> None:
    user = cast["participant"]
    noted = json.dumps({"user_id": user.pk, "until": 1.0})
    valkey().hset(f"room:{jam.pk}:turn", "turn", noted)

    async def talk(host: Socket) -> Any:
        return (await enter(host))["turn"]

    got = with_socket(cast, "owner", f"/ws/jam/{jam.public_id}/", talk)
    assert got == {"user": None, "until": None, "yours": False}
