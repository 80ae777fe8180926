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
import sys
import time
import uuid
from dataclasses import astuple
from typing import Any

from bench import clients
from bench.clients import Door
from bench.place import Place, place, pss
from bench.rows import Row, row

IDLE, WARM = 1000, 20
MESSAGES, PAUSE = 40, 0.15  # a person may send 10 a second and 120 a minute
SPARE_FILES = 300  # of a process, besides its sockets
BARE = "bench.bare:application"


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
        figures["alone"] = await clients.measured("bench.idle", base, origin, *map(astuple, talk))
    await asyncio.sleep(2)
    figures["before"] = pss(services.processes(name))
    begun = time.monotonic()
    async with holding(base, origin, idle[WARM:]):
        figures["seconds"] = time.monotonic() - begun
        await asyncio.sleep(2)
        figures["after"] = pss(services.processes(name))
        if talk:
            figures["beside"] = await clients.measured(
                "bench.idle", base, origin, *map(astuple, talk)
            )
    figures["each"] = 1024 * (figures["after"] - figures["before"]) / IDLE
    return figures


def allow_files(wanted: int) -> None:
    """Let this process, and servers started from now on, have so many files and sockets open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise RuntimeError(f"a process may have {hard} files open here; {wanted} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def holding(
    base: str, origin: str, some: list[Door]
) -> contextlib.AbstractAsyncContextManager[None]:
    """Keep sockets open inside the block, each answered once; a few at a time open and close."""

    async def enter(door: Door) -> Any:
        socket = await clients.opened(base, origin, door)
        await socket.send(_frame(""))  # is refused once the gate has let the socket in
        answer = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if answer.get("code") in {"away", "server", "too_many"}:
            raise RuntimeError(f"a socket was answered {answer['code']}")
        return socket

    return clients.holding(some, enter)


def _frame(text: str, ref: str = "") -> str:
    return json.dumps({"t": "send", "text": text, "ref": ref or str(uuid.uuid4())})


async def _probe(base: str, origin: str, sender: list[str], hearer: list[str]) -> dict[str, float]:
    times = []
    async with (
        clients.opened(base, origin, Door(*sender)) as mouth,
        clients.opened(base, origin, Door(*hearer)) as ear,
    ):
        for socket in (mouth, ear):  # answered, so open
            await socket.send(_frame(""))
            await socket.recv()
        aside = asyncio.create_task(clients.pass_by(mouth))
        for number in range(MESSAGES):
            ref, begun = str(uuid.uuid4()), time.perf_counter()
            await mouth.send(_frame(f"message {number}", ref))
            async with asyncio.timeout(30):
                while json.loads(await ear.recv()).get("ref") != ref:
                    pass
            times.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(PAUSE)
        aside.cancel()
    return clients.summary(times)


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
