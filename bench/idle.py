"""1,000 idle sockets: what each takes, and how long a message to one takes beside them.

The socket server runs as `manage.py up` starts it. Each socket is of another person and in a
conversation of theirs; all are answered once, and say nothing more. The floor of memory is the same
server with an application that only accepts (`bench.bare`). A message goes from one member's
socket to the other's, in a client of its own, first alone and then beside the idle sockets.
"""

import asyncio
import contextlib
import json
import resource
import statistics
import sys
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bench.place import Place, place, pss
from bench.rows import Row, row

IDLE, WARM, AT_ONCE = 1000, 20, 20
MESSAGES, PAUSE = 40, 0.15  # a person may send 10 a second and 120 a minute
SPARE_FILES = 300  # of a process, besides its sockets
BARE = "bench.bare:application"


@dataclass(frozen=True)
class Door:
    """A conversation's address, and the cookie of a member."""

    path: str
    cookie: str


def measure() -> list[Row]:
    allow_files(IDLE + SPARE_FILES)
    services = place()
    idle, talk = doors(WARM + IDLE), _talk()
    with services.sockets() as (base, origin):
        ours = asyncio.run(_grown(services, "sockets", base, origin, idle, talk))
    with services.sockets(BARE, "bare") as (base, origin):
        bare = asyncio.run(_grown(services, "bare", base, origin, idle, None))
    about = f"{IDLE:,} sockets of as many people, opened in {ours['seconds']:.0f} s"
    alone, beside = ours["alone"], ours["beside"]
    return [
        row(
            "idle: memory of a socket", ours["each"], bare["each"], unit="KiB", better="lower",
            note=f"{about}; PSS of the process grew from {ours['before']:.0f} to "
            f"{ours['after']:.0f} MiB; floor: sockets of a bare ASGI application, same server",
        ),
        row(
            f"idle: a message beside {IDLE:,} sockets", beside["median"], alone["median"],
            unit="ms", better="lower",
            note=f"from one member's socket to the other's, median of {MESSAGES}; p95 "
            f"{beside['p95']:.1f} against {alone['p95']:.1f} ms; floor: no idle sockets",
        ),
    ]  # fmt: skip


async def _grown(
    services: Place,
    name: str,
    base: str,
    origin: str,
    idle: list[Door],
    talk: tuple[Door, Door] | None,
) -> dict[str, Any]:
    """Open the idle sockets; return how the process grew, and the times of messages."""
    figures: dict[str, Any] = {}
    async with holding(base, origin, idle[:WARM]):
        pass  # what is loaded by the first sockets isn't what further ones take
    if talk:
        figures["alone"] = await _times(base, origin, talk)
    await asyncio.sleep(2)
    figures["before"] = pss(services.processes(name))
    begun = time.monotonic()
    async with holding(base, origin, idle[WARM:]):
        figures["seconds"] = time.monotonic() - begun
        await asyncio.sleep(2)
        figures["after"] = pss(services.processes(name))
        if talk:
            figures["beside"] = await _times(base, origin, talk)
    figures["each"] = 1024 * (figures["after"] - figures["before"]) / IDLE
    return figures


def allow_files(wanted: int) -> None:
    """Let this process, and servers started from now on, have so many files and sockets open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise RuntimeError(f"a process may have {hard} files open here; {wanted} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextlib.asynccontextmanager
async def holding(base: str, origin: str, some: list[Door]) -> AsyncIterator[None]:
    """Keep sockets open inside the block, each answered once; a few at a time open and close."""
    turn = asyncio.Semaphore(AT_ONCE)
    sockets: list[Any] = []

    async def enter(door: Door) -> None:
        async with turn:
            socket = await _open(base, origin, door)
            sockets.append(socket)
            await socket.send(_frame(""))  # is refused once the gate has let the socket in
            answer = json.loads(await asyncio.wait_for(socket.recv(), 60))
            if answer.get("code") in {"away", "server", "too_many"}:
                raise RuntimeError(f"a socket was answered {answer['code']}")

    async def leave(socket: Any) -> None:
        async with turn:
            await socket.close()

    try:
        async with asyncio.TaskGroup() as entering:
            for door in some:
                entering.create_task(enter(door))
        yield
        if closed := sum(socket.close_code is not None for socket in sockets):
            raise RuntimeError(f"{closed} of {len(sockets)} idle sockets were closed meanwhile")
    finally:
        await asyncio.gather(*(leave(socket) for socket in sockets), return_exceptions=True)


def _frame(text: str, ref: str = "") -> str:
    return json.dumps({"t": "send", "text": text, "ref": ref or str(uuid.uuid4())})


def _open(base: str, origin: str, door: Door) -> Any:
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    return connect(
        f"{base}{door.path}", additional_headers={"Cookie": door.cookie}, origin=Origin(origin),
        open_timeout=60, ping_interval=None, compression=None,
    )  # fmt: skip


async def _times(base: str, origin: str, talk: tuple[Door, Door]) -> dict[str, float]:
    """Measure in a process of its own, which the idle sockets' client doesn't hold up."""
    about = json.dumps([base, origin, *([door.path, door.cookie] for door in talk)])
    probe = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.idle", about,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, said = await probe.communicate()
    if probe.returncode:
        raise RuntimeError((said.decode().strip().splitlines() or ["the probe ended"])[-1])
    times: dict[str, float] = json.loads(out)
    return times


async def _probe(base: str, origin: str, sender: list[str], hearer: list[str]) -> dict[str, float]:
    times = []
    async with (
        _open(base, origin, Door(*sender)) as mouth,
        _open(base, origin, Door(*hearer)) as ear,
    ):
        for socket in (mouth, ear):  # answered, so open
            await socket.send(_frame(""))
            await socket.recv()
        aside = asyncio.create_task(_pass_by(mouth))
        for number in range(MESSAGES):
            ref, begun = str(uuid.uuid4()), time.perf_counter()
            await mouth.send(_frame(f"message {number}", ref))
            async with asyncio.timeout(30):
                while json.loads(await ear.recv()).get("ref") != ref:
                    pass
            times.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(PAUSE)
        aside.cancel()
    return {"median": statistics.median(times), "p95": sorted(times)[int(0.95 * len(times))]}


async def _pass_by(socket: Any) -> None:
    """Read what is told to who wrote: that it is stored, and the message itself."""
    async for _frame_to_it in socket:
        pass


def doors(count: int) -> list[Door]:
    """Return a conversation of each of so many people, who have just signed in."""
    from accounts.models import User
    from bench.visits import RECORDINGS, cookie_of
    from messaging.models import Member

    place().fill(RECORDINGS)
    there = User.objects.filter(state="active", age_group="adult", username__startswith="player")
    # With somebody who is leaving, or a child, the gate may hide it.
    hidden = Member.objects.exclude(user__in=there).values("conversation")
    members = Member.objects.exclude(conversation__in=hidden).select_related("user", "conversation")
    seats = list(members.order_by("user_id", "conversation_id").distinct("user_id")[:count])
    if len(seats) != count:
        raise RuntimeError(f"there are {len(seats)} people with a conversation, not {count}")
    return [
        Door(f"/ws/messages/{seat.conversation.public_id}/", cookie_of(seat.user)) for seat in seats
    ]


def _talk() -> tuple[Door, Door]:
    """Make a conversation between two people who have no other."""
    from accounts.models import User
    from bench.visits import cookie_of
    from messaging import services

    one, other = (
        User.objects.create_user(f"i-{name}", f"i-{name}@mail.example", "no password")
        for name in ("one", "other")
    )
    path = f"/ws/messages/{services.conversation_between(one, other).public_id}/"
    return Door(path, cookie_of(one)), Door(path, cookie_of(other))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_probe(*json.loads(sys.argv[1])))))
