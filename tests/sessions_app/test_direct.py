"""Who is connected directly: both agreed; between all others no address passes."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async

from accounts.connections import services as ties
from accounts.models import Follow, User
from integrations import turn
from sessions_app.models import DirectAnswer, JamSession, Participant
from tests.cast import Cast
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection
from tests.sessions_app.test_signalling import OFFER, RELAYED, addresses_in, offer

__all__ = ["one_connection"]

HOST = "candidate:1 1 udp 2113937151 192.168.7.31 50000 typ host"
OWN = "192.168.7.31"


@pytest.fixture
def relay(settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example"], "s" * 32


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction is never committed: what follows a commit follows at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    jam = cast.sessions["public"]
    Participant.objects.get_or_create(session=jam, user=cast["stranger"])
    return jam


class Player:
    """Somebody in the room, and what their socket was told."""

    def __init__(self, cast: Cast, jam: JamSession, role: str) -> None:
        cookie = cast.client(role).cookies.output(header="", sep=";").strip().split(";")[0]
        self.socket = Socket(f"/ws/jam/{jam.public_id}/", cookie)
        self.user = cast[role].public_id
        self.peer = ""
        self.welcome: dict[str, Any] = {}

    async def enter(self) -> None:
        await self.socket.open()
        await self.socket.say({"t": "hello"})
        self.welcome = await self.until("welcome")
        self.peer = self.welcome["you"]

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        while True:
            frame = await self.socket.hear()
            if frame.get("t") == kind and frame.items() >= wanted.items():
                return frame

    async def signal(self, other: "Player", data: dict[str, Any]) -> None:
        await self.socket.say({"t": "signal", "to": other.peer, "data": data})

    async def says(self, **frame: Any) -> None:
        await self.socket.say(frame)

    async def answers(self, *others: "Player", yes: bool = True) -> None:
        await self.says(t="direct.answer", users=[one.user for one in others], yes=yes)


def in_the_room(
    cast: Cast, jam: JamSession, talk: Callable[..., Awaitable[Any]], *roles: str
) -> Any:
    """Have people enter one after the other, and talk."""
    players = [Player(cast, jam, role) for role in roles]

    @async_to_sync
    async def run() -> Any:
        try:
            for n, player in enumerate(players):
                await player.enter()
                for before in players[:n]:
                    await before.until("peer.joined", user=player.user)
            return await talk(*players)
        finally:
            for player in players:
                await player.socket.close()

    return run()


PAIR = ("owner", "stranger")


def ice(line: str) -> dict[str, Any]:
    return {"k": "ice", "turn": 1, "candidate": {"candidate": line, "sdpMid": "0"}}


@pytest.mark.clause("network-addresses")
def test_between_strangers_no_address_passes_whatever_is_sent(
    cast: Cast, jam: JamSession, relay: None
) -> None:
    sent = [
        ice(HOST),
        ice(HOST.replace("udp", "UDP").replace("host", "HOST")),
        ice(f"candidate:1 1 udp 1 203.0.113.9 5 typ srflx raddr {OWN} rport 5"),
        ice("candidate:1 1 udp 1 2001:DB8::7 5 typ host"),
        ice("candidate:1 1 udp 1 4c1f.local 5 typ host"),
        {"mark": OWN},
        offer(note=OWN),
        offer(sdp="a=sendrecv\n" * 3000),
        {"k": "ice", "turn": 1, "candidate": {"candidate": RELAYED, "raddr": OWN}},
    ]

    async def talk(owner: Player, stranger: Player) -> Any:
        seen = [(owner.welcome["policy"], stranger.welcome["policy"])]
        seen.append(("peer", stranger.welcome["peers"][0]["policy"]))
        for data in sent:
            await owner.signal(stranger, data)
            seen.append(("", (await owner.until("error", **{"for": "signal"}))["code"]))
        await owner.signal(stranger, offer())
        await owner.signal(stranger, ice(RELAYED.replace("0.0.0.0 rport 0", f"{OWN} rport 9")))
        heard = [await stranger.until("signal") for _ in range(2)]
        return seen, [frame["data"] for frame in heard]

    seen, heard = in_the_room(cast, jam, talk, *PAIR)
    assert seen == [("relay", "relay"), ("peer", "relay"), *[("", "refused")] * len(sent)]
    assert heard[1]["candidate"]["candidate"] == RELAYED
    assert {key: heard[0][key] for key in ("k", "turn", "engine")} == {
        "k": "offer", "turn": 1, "engine": "data",
    }  # fmt: skip
    assert addresses_in(heard[0]["sdp"]) == {"203.0.113.9"}
    assert addresses_in(OFFER) >= {OWN, "203.0.113.9"}


@pytest.mark.clause("network-addresses")
def test_two_who_agree_are_direct_until_one_of_them_takes_it_back(
    cast: Cast, jam: JamSession, relay: None
) -> None:
    async def talk(owner: Player, stranger: Player, third: Player) -> list[Any]:
        seen: list[Any] = []
        await owner.answers(stranger)
        seen.append((await owner.until("state", peer=stranger.peer, agreed=True))["policy"])
        await owner.signal(stranger, ice(HOST))
        seen.append((await owner.until("error"))["code"])
        await stranger.answers(owner)
        await owner.until("state", peer=stranger.peer, policy="all")
        await stranger.until("state", peer=owner.peer, policy="all")
        await owner.signal(stranger, ice(HOST))
        await stranger.signal(owner, ice(HOST))
        seen.append((await stranger.until("signal"))["data"] == ice(HOST))
        seen.append((await owner.until("signal"))["data"] == ice(HOST))
        await owner.signal(third, ice(HOST))  # who was never asked is shown nothing
        seen.append((await owner.until("error"))["code"])

        await stranger.answers(owner, yes=False)
        await stranger.until("state", peer=owner.peer, policy="relay")
        await stranger.signal(owner, ice(HOST))
        seen.append((await stranger.until("error"))["code"])
        await owner.until("state", peer=stranger.peer, policy="relay")
        await owner.signal(stranger, ice(HOST))
        seen.append((await owner.until("error"))["code"])
        return seen

    assert in_the_room(cast, jam, talk, *PAIR, "participant") == [
        "relay", "refused", True, True, "refused", "refused", "refused",
    ]  # fmt: skip
    said = DirectAnswer.objects.order_by("pk").values_list("person__username", "yes")
    assert list(said) == [("owner", True), ("stranger", False)]


@pytest.mark.clause("network-addresses")
def test_what_was_taken_back_passes_no_more_though_the_other_end_hasnt_heard(
    cast: Cast, jam: JamSession, relay: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk(owner: Player, stranger: Player) -> list[Any]:
        await owner.answers(stranger)
        await stranger.answers(owner)
        await owner.until("state", peer=stranger.peer, policy="all")
        await stranger.until("state", peer=owner.peer, policy="all")
        # The word to everybody is lost: only the socket of who took it back knows.
        monkeypatch.setattr("sessions_app.services.direct.tell", lambda *_, **__: None)
        monkeypatch.setattr("sessions_app.services.direct.cut_people", lambda *_: None)
        await owner.answers(stranger, yes=False)
        await owner.until("state", peer=stranger.peer, policy="relay")
        await stranger.signal(owner, ice(HOST))
        await stranger.signal(owner, ice(RELAYED))
        return [(await owner.until("signal"))["data"]]

    assert in_the_room(cast, jam, talk, *PAIR) == [ice(RELAYED)]


@pytest.mark.clause("network-addresses")
def test_a_block_ends_it_and_nobody_says_yes_for_whom_they_cant_see(
    cast: Cast, jam: JamSession, relay: None
) -> None:
    async def talk(owner: Player, stranger: Player) -> list[Any]:
        await owner.answers(stranger)
        await stranger.answers(owner)
        await owner.until("state", peer=stranger.peer, policy="all")
        await database_sync_to_async(ties.block)(cast["stranger"], cast["owner"])
        await owner.until("peer.left", peer=stranger.peer)
        await owner.answers(stranger)
        seen = [(await owner.until("error", **{"for": "direct.answer"}))["code"]]
        await owner.says(t="direct.answer", users=["nobody"], yes=True)
        seen.append((await owner.until("error", **{"for": "direct.answer"}))["code"])
        return seen

    assert in_the_room(cast, jam, talk, *PAIR) == ["missing", "missing"]


@pytest.mark.clause("network-addresses")
def test_whom_one_knows_is_direct_by_default_where_both_chose_that(
    cast: Cast, jam: JamSession, relay: None
) -> None:
    one, other = cast["owner"], cast["stranger"]
    follow_each_other(one, other)

    async def talk(owner: Player, stranger: Player) -> list[Any]:
        seen: list[Any] = [owner.welcome["direct"], stranger.welcome["peers"][0]["policy"]]
        await owner.says(t="direct.known", on=True)
        seen.append((await owner.until("direct"))["known"])
        await stranger.says(t="direct.known", on=True)
        await owner.until("state", peer=stranger.peer, policy="all")
        await stranger.until("state", peer=owner.peer, policy="all")
        await owner.says(t="direct.known", on=False)
        await stranger.until("state", peer=owner.peer, policy="relay")
        seen.append((await owner.until("direct"))["known"])
        return seen

    assert in_the_room(cast, jam, talk, *PAIR) == [{"known": False}, "relay", True, False]


def follow_each_other(one: User, other: User) -> None:
    for follower, followee in ((one, other), (other, one)):
        Follow.objects.create(follower=follower, followee=followee, state="accepted")


def test_without_a_relay_all_are_direct_and_nobody_is_asked(cast: Cast, jam: JamSession) -> None:
    async def talk(owner: Player, stranger: Player) -> list[Any]:
        about = stranger.welcome["peers"][0]
        await owner.signal(stranger, {"mark": OWN})
        return [
            stranger.welcome["policy"], stranger.welcome["direct"],
            about["policy"], about["agreed"], about["asks"],
            (await stranger.until("signal"))["data"],
        ]  # fmt: skip

    assert in_the_room(cast, jam, talk, *PAIR) == ["all", None, "all", False, False, {"mark": OWN}]


def test_who_stays_long_gets_fresh_credentials(
    cast: Cast, jam: JamSession, relay: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.consumers.RENEW", 0.05)
    now = time.time()
    monkeypatch.setattr(turn, "LIFETIME", 3600)

    async def talk(owner: Player) -> list[Any]:
        first = owner.welcome["ice"][0]["username"]
        # An hour that is half over: as if the clock had gone on.
        ahead = time.monotonic() + 1900
        monkeypatch.setattr("sessions_app.direct_socket.time.monotonic", lambda: ahead)
        monkeypatch.setattr("integrations.turn.time.time", lambda: now + 1900)
        second = (await owner.until("ice"))["servers"][0]["username"]
        monkeypatch.undo()
        return [first.split(":")[0], second.split(":")[0]]

    first, second = in_the_room(cast, jam, talk, "owner")
    assert int(first) - now == pytest.approx(3600, abs=5)
    assert int(second) - now == pytest.approx(3600 + 1900, abs=5)
