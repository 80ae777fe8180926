"""Every frame of a room, between every two of its roles, with and without each earlier frame.

Two rooms: one of grown-ups, of whom two blocked each other, and a child's. Everybody who can have
a seat has one. In each round one role says `hello` another way than the others (never, twice, late)
or all do; everybody sends everything, and what reaches whom is held against one table.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async

from foundation import limits
from foundation.sockets import HIDDEN
from sessions_app.consumers import JamConsumer
from sessions_app.models import JamSession, Participant, Recording, StreamConsent
from tests.cast import Cast
from tests.privacy.companies import COMPANIES, Company
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import PATHS, one_connection
from tests.privacy.walked_words import Words

__all__ = ["one_connection"]

HELLO = {"t": "hello"}
# What only hosts may send, with what else it holds; `user` is filled in.
FOR_HOSTS_ABOUT: dict[str, dict[str, Any]] = {
    "host.door": {"locked": True, "asks_first": True},
    "knock.answer": {"user": "", "admit": True},
    "host.mute": {"user": "", "muted": True},
    "host.picture": {"user": "", "held": True},
    "host.remove": {"user": ""},
    "host.role": {"user": "", "co_host": True},
    "host.rights": dict.fromkeys(("chat", "record", "tempo", "invite"), False) | {"user": ""},
    "host.offer": {"user": ""},
    "host.take": {"yes": True},
    "host.turn": {"user": "", "seconds": 30},
    "stream.allow": {"on": True},
    "stream.mix": {"user": "", "volume": 0.5, "pan": 0.0, "muted": True},
}
FOR_HOSTS = set(FOR_HOSTS_ABOUT)
UNMOVED = ("host", "audience", "is_locked", "asks_first", "offered_to")  # whoever asks
HOW = ("first", "missing", "twice", "late")


@dataclass
class Seat:
    """One role's socket, how it says hello, and what reached it."""

    role: str
    socket: Socket
    how: str
    peer: str = "none"
    notes: str = "none"
    me: str = "none"
    muted: bool = False
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_in(self) -> bool:
        return self.peer != "none"

    async def mark(self) -> str:
        """Say something that comes back after whatever was said and heard here before.

        The same line each time: one that is stored is passed on again, and costs no budget.
        """
        ref = str(uuid.uuid5(uuid.NAMESPACE_OID, self.role))
        await self.socket.say({"t": "chat", "text": "now", "ref": ref})
        return ref

    async def listen(self, until: str) -> None:
        """Take in whatever comes, up to one's own mark: as a line, or refused to who isn't in."""
        while True:
            frame = await self.socket.hear()
            if frame.get("t") == "welcome":
                self.peer, self.notes = frame["you"], frame["notes"]
                self.me = frame["stream"]["me"]
            if frame.get("ref") == until and frame["t"] != "ack":
                return
            if frame.get("text") != "now" and frame["t"] != "ack":
                self.heard.append(frame)

    async def hello(self) -> None:
        for _ in range({"first": 1, "twice": 2, "late": 1}.get(self.how, 0)):
            await self.socket.say(HELLO)

    def frames(self, *kinds: str) -> list[dict[str, Any]]:
        return [one for one in self.heard if one.get("t") in kinds]


class Round(Words):
    def __init__(self, company: Company, cookies: dict[str, str], how: dict[str, str]) -> None:
        path = PATHS["jam-socket"].format(company.session.public_id)
        self.company = company
        self.seats = [Seat(role, Socket(path, cookies[role]), how.get(role, "first"))
                      for role in company.people]  # fmt: skip
        self.wrong: list[str] = []

    async def settle(self) -> None:
        """Wait until all that was said is done, and then until all that came of it has come."""
        for _ in range(2):
            marks = [await seat.mark() for seat in self.seats]
            for seat, ref in zip(self.seats, marks, strict=True):
                await seat.listen(ref)

    def hold(self, what: str, seat: Seat, got: Any, want: Any) -> None:
        if got != want:
            self.wrong.append(f"{what} to {seat.role} ({seat.how}): {got}, not {want}")

    def others(self, seat: Seat) -> list[Seat]:
        """Return those who are in and whom this one meets, if it is in itself."""
        if not seat.is_in:
            return []
        return [one for one in self.seats
                if one.is_in and self.company.meet(one.role, seat.role)]  # fmt: skip

    async def run(self) -> list[str]:
        for seat in self.seats:
            await seat.socket.open()
        try:
            for late in (False, True):
                for seat in self.seats:
                    if late == (seat.how == "late"):
                        await seat.hello()
                        await self.settle()
                await self.talk("late" if late else "early")
            await self.look_back()
            await self.write_down()
            for seat in self.askers():
                await self.record(seat)
            await self.leave()
        finally:
            for seat in self.seats:
                await seat.socket.close()
        return self.wrong

    async def talk(self, when: str) -> None:
        """Everybody says, signals and shows something; check who heard whom."""
        for seat in self.seats:
            seat.heard.clear()

        for seat in self.seats:
            ref = str(uuid.uuid4())
            await seat.socket.say({"t": "chat", "text": f"mark-{when}-{seat.role}", "ref": ref})
            await seat.socket.say({"t": "state", "muted": not seat.muted})
            seat.muted = not seat.muted if seat.is_in else seat.muted
            for other in self.seats:
                data = {"mark": f"{when}-{seat.role}"}
                await seat.socket.say({"t": "signal", "to": other.peer, "data": data})
                await seat.socket.say({"t": "measured", "peer": other.peer, "round_trip_ms": 7.0})
            await seat.socket.say({"t": "sfu", "publishes": True})  # refused: it is a small room
            await seat.socket.say({"t": "clock", "t0": 7.0})
            await seat.socket.say({"t": "beat", "on": True, "bpm": self.tempo(seat), "beats": 4})
            await seat.socket.say({"t": "track", "recording": None})
            await seat.socket.say({"t": "beat.vote", "vote": str(uuid.uuid4()), "yes": True})
            await seat.socket.say({"t": "stream.answer", "yes": True})
            await seat.socket.say({"t": "stream.send", "on": False})
        await self.settle()
        self.hold_the_beat()
        self.hold_the_answers()
        for seat in self.seats:
            heard = self.others(seat)
            names = sorted(one.role for one in heard)
            itself = [seat.role] if seat.is_in else []
            lines = sorted(one["text"] for one in seat.frames("chat"))
            want = sorted(f"mark-{when}-{name}" for name in (*names, *itself))
            self.hold("chat", seat, lines, want)
            signals = sorted(one["data"]["mark"] for one in seat.frames("signal"))
            self.hold("signal", seat, signals, [f"{when}-{name}" for name in names])
            shown = {one["peer"]: one["muted"] for one in seat.frames("state")}
            self.hold("state", seat, shown, {one.peer: one.muted for one in heard})
            absent = {one["for"] for one in seat.frames("error") if one["code"] == "absent"}
            always = {"chat", "state", "signal", "beat", "beat.vote", "measured", "sfu", "track",
                      "stream.answer", "stream.send"}  # fmt: skip
            want_absent = set() if seat.is_in else always
            self.hold("error", seat, absent, want_absent)
            self.hold("clock", seat, len(seat.frames("clock")), 1)

    def tempo(self, seat: Seat) -> int:
        return 100 + self.seats.index(seat)

    def hold_the_answers(self) -> None:
        """Nobody is told what somebody whom they don't meet said of being heard by listeners."""
        for seat in self.seats:
            met = {one.me for one in self.seats if self.company.meet(one.role, seat.role)}
            for frame in seat.frames("stream"):
                told = {*frame["agreed"], *frame["declined"], *frame["voices"]}
                self.hold("stream", seat, told - met - {seat.me}, set())

    def hold_the_beat(self) -> None:
        """All who are in end with one tempo, somebody's who is in; nobody else hears any."""
        inside = [seat for seat in self.seats if seat.is_in]
        last = {seat.role: [one["bpm"] for one in seat.frames("beat")][-1:] for seat in self.seats}
        want = last[inside[0].role] if inside else []
        if inside and want not in [[self.tempo(seat)] for seat in inside]:
            self.wrong.append(f"the beat of nobody inside: {want}")
        for seat in self.seats:
            self.hold("beat", seat, last[seat.role], want if seat.is_in else [])

    async def record(self, asker: Seat) -> None:
        """One asks; another says no. Those who were asked hear of it, nobody else does."""
        for seat in self.seats:
            seat.heard.clear()
        await asker.socket.say({"t": "record.ask", "title": f"mark-take-{asker.role}"})
        await self.settle()
        asked = self.asked_by(asker)
        ids = {one["id"] for seat in self.seats for one in seat.frames("recording")}
        self.hold("takes", asker, len(ids), 1 if asked else 0)
        if not asked:
            return
        (take,) = ids
        for seat in self.seats:
            told = [(one["state"], one["answer"]) for one in seat.frames("recording")]
            mine = "yes" if seat is asker else "waiting"
            self.hold("record.ask", seat, told, [("asking", mine)] if seat in asked else [])
            names = {name for one in seat.frames("recording") for name in one["waiting"]}
            want = {self.name(one) for one in asked if one is not asker} if seat in asked else set()
            self.hold("names", seat, names, want)
            seat.heard.clear()
        await self.strangers_say(take, asked)
        refuser = next(one for one in reversed(asked) if one is not asker or len(asked) == 1)
        await refuser.socket.say({"t": "record.answer", "recording": take, "yes": False})
        await self.settle()
        for seat in self.seats:
            told = [one["state"] for one in seat.frames("recording")]
            if len(asked) > 1:
                self.hold("record.answer", seat, told, ["declined"] if seat in asked else [])

    async def strangers_say(self, take: str, asked: list[Seat]) -> None:
        """Who wasn't asked can neither answer nor stop, whatever they know of it."""
        rest = [seat for seat in self.seats if seat not in asked]
        for seat in rest:
            await seat.socket.say({"t": "record.answer", "recording": take, "yes": True})
            await seat.socket.say({"t": "record.stop", "recording": take})
        await self.settle()
        for seat in rest:
            codes = {(one["for"], one["code"]) for one in seat.frames("error")}
            why = "missing" if seat.is_in else "absent"
            self.hold("refusal", seat, codes, {("record.answer", why), ("record.stop", why)})

    def askers(self) -> list[Seat]:
        """Return everybody where all are alike, and else the one who isn't."""
        odd = [seat for seat in self.seats if seat.how != "first"]
        return odd if len(odd) == 1 else self.seats

    def asked_by(self, asker: Seat) -> list[Seat]:
        """Return whom a take takes in: the asker, and in the order they came who meets them all."""
        if not asker.is_in:
            return []
        asked = [asker]
        early = [one for one in self.seats if one.is_in and one.how != "late"]
        for seat in (*early, *(one for one in self.seats if one.is_in and one.how == "late")):
            if all(self.company.meet(one.role, seat.role) for one in asked):
                asked.append(seat)
        return asked

    def name(self, seat: Seat) -> str:
        return NAMES.get(seat.role, seat.role)

    @property
    def names(self) -> dict[str, str]:
        return NAMES

    async def leave(self) -> None:
        """The first one goes: those who met them see it, nobody else does."""
        goes = self.seats[0]
        told = self.others(goes)
        for seat in self.seats:
            seat.heard.clear()
        await goes.socket.close()
        self.seats.remove(goes)
        await self.settle()
        for seat in self.seats:
            left = [one["peer"] for one in seat.frames("peer.left")]
            self.hold("peer.left", seat, left, [goes.peer] if seat in told else [])


NAMES = {"child": "ada", "classmate": "ben", "guardian": "grete", "teacher": "tilda",
         "coordinator": "karl"}  # fmt: skip


def ways(people: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """All alike, and each one alone in another way than the rest."""
    for how in HOW:
        yield dict.fromkeys(people, how)
    for how in HOW[1:]:
        for one in people:
            yield {one: how}


@pytest.mark.clause("blocks", "recording-consent", "children-seen")
@pytest.mark.promise("JK-11")
@pytest.mark.parametrize("name", list(COMPANIES))
def test_every_frame_reaches_whom_the_table_says(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test's transaction is never committed: what follows a commit follows at once.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda does, **_: does())
    # The walk is quicker than anybody: its budgets are asked about elsewhere.
    for name_of in ("BURST", "WORK_BURST"):
        monkeypatch.setattr(f"foundation.sockets.{name_of}", 100_000)
    for name_of in ("CHAT_LINES", "BEATS", "LATENCIES", "STREAM_ANSWERS", "SFU_TOKENS"):
        monkeypatch.setattr(limits, name_of, limits.Limit(f"walk-{name_of}", 100_000, 60))
    company = COMPANIES[name](cast)
    cookies = {role: cookie_of(cast, role) for role in (*company.people, *company.outside)}

    @async_to_sync
    async def walk(how: dict[str, str]) -> list[str]:
        wrong = await Round(company, cookies, how).run()
        for model in (Recording, StreamConsent):
            await database_sync_to_async(model.objects.filter(session=company.session).delete)()
        return [f"{how}: {one}" for one in wrong]

    wrong = []
    for how in ways(company.people):
        wrong += walk(how)
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.clause("blocks", "who-sees", "children-seen")
@pytest.mark.parametrize("name", list(COMPANIES))
def test_who_is_outside_says_and_hears_nothing(cast: Cast, name: str) -> None:
    company = COMPANIES[name](cast)
    path = PATHS["jam-socket"].format(company.session.public_id)
    cookies = {role: cookie_of(cast, role) for role in (company.people[0], *company.outside)}

    @async_to_sync
    async def walk() -> dict[str, Any]:
        inside = Seat(company.people[0], Socket(path, cookies[company.people[0]]), "first")
        await inside.socket.open()
        await inside.hello()
        await inside.listen(await inside.mark())
        inside.heard.clear()
        got: dict[str, Any] = {}
        for role in company.outside:
            socket = Socket(path, cookies[role])
            await socket.open()
            for frame in (HELLO, {"t": "chat", "text": "mark-outside", "ref": str(uuid.uuid4())},
                          {"t": "record.ask"}):  # fmt: skip
                await socket.say(frame)
            got[role] = await socket.hear()
            await socket.close()
        await inside.listen(await inside.mark())
        got["inside"] = inside.heard
        await inside.socket.close()
        return got

    assert walk() == {**{role: {"closed": HIDDEN} for role in company.outside}, "inside": []}
    assert not Recording.objects.filter(session=company.session).exists()


def test_the_walk_knows_every_frame_that_a_room_takes() -> None:
    walked = {"hello", "signal", "clock", "chat", "chat.earlier", "chat.delete", "state", "beat",
              "beat.vote", "record.ask", "record.answer", "record.stop", "sheet.open", "song.add",
              "line.put", "direct.answer", "direct.known", "measured", "sfu", "track",
              "stream.answer", "stream.send"}  # fmt: skip
    on_ones_own = {"song.change", "song.move", "song.play", "song.remove", "line.cut"}
    assert set(JamConsumer.known) == walked | FOR_HOSTS | on_ones_own  # those: test_sheets.py


def for_hosts(users: list[str]) -> Iterator[dict[str, Any]]:
    """Return every frame that only hosts may send, about each of these people."""
    for kind, about in FOR_HOSTS_ABOUT.items():
        for user in users if "user" in about else [""]:
            yield {"t": kind, **about, **({"user": user} if user else {})}


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("name", list(COMPANIES))
def test_what_hosts_do_from_inside_nobody_else_can(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody who isn't the host asks for all of it, about everybody; nothing reaches anybody."""
    for name_of in ("BURST", "WORK_BURST"):  # quicker than anybody, as the walk above
        monkeypatch.setattr(f"foundation.sockets.{name_of}", 100_000)
    company = COMPANIES[name](cast)
    cookies = {role: cookie_of(cast, role) for role in company.people}
    users = [cast[role].public_id for role in company.people]

    @async_to_sync
    async def walk() -> tuple[list[str], list[dict[str, Any]]]:
        round_ = Round(company, cookies, {})
        host, *others = round_.seats
        for seat in round_.seats:
            await seat.socket.open()
            await seat.hello()
        await round_.settle()
        host.heard.clear()
        wrong = []
        for seat in others:
            seat.heard.clear()
            for frame in for_hosts(users):
                await seat.socket.say(frame)
            await round_.settle()
            got = {(one["for"], one["code"]) for one in seat.heard}
            fit = {(kind, code) for kind in FOR_HOSTS for code in ("refused", "missing")}
            if not got <= fit or {kind for kind, _ in got} != FOR_HOSTS:
                wrong.append(f"{seat.role}: {got}")
        heard = host.heard
        for seat in round_.seats:
            await seat.socket.close()
        return wrong, heard

    before = list(Participant.objects.order_by("pk").values())
    session = JamSession.objects.filter(pk=company.session.pk).values(*UNMOVED)
    was = list(session)
    assert walk() == ([], [])
    assert list(Participant.objects.order_by("pk").values()) == before
    assert list(session) == was


def cookie_of(cast: Cast, role: str) -> str:
    return cast.client(role).cookies.output(header="", sep=";").strip().split(";")[0]
