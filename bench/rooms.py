"""1,000 sockets of players in 125 rooms: how long a word of one takes until the room has it.

The socket server runs as `manage.py up` starts it, one process. Everybody is in their room, eight
in each, and says nothing more; in one more room somebody mutes and unmutes, which all seven others
are told (fan-out), and sends one of them a signal. Measured from the frame's departure until the
last of those whom it reaches has it, in a client of its own. The floor is a bare ASGI application
in the same server, beside as many sockets, which passes frames on by publishing them in Valkey:
what channels, the gate and the roster add is ours.
"""

import asyncio
import json
import sys
import time
from dataclasses import astuple
from typing import Any

from bench import clients
from bench.clients import Door
from bench.idle import SPARE_FILES, allow_files
from bench.place import place
from bench.rows import Row, row

ROOMS, PLAYERS = 125, 8
TIMES, PAUSE, RESTS = 60, 0.25, 20
BARE = "bench.bare:room"
HELLO = json.dumps({"t": "hello"})


def measure() -> list[Row]:
    services = place()
    allow_files(ROOMS * PLAYERS + PLAYERS + SPARE_FILES)
    rooms = _world()
    with services.sockets() as (base, origin):
        ours = asyncio.run(_beside("sockets", base, origin, rooms))
    with services.sockets(BARE, "bare") as (base, origin):
        bare = asyncio.run(_beside("bare", base, origin, rooms))
    about = f"beside {ROOMS * PLAYERS:,} sockets in {ROOMS} rooms, all in after "
    about += f"{ours['seconds']:.0f} s, {ours['busy']:.0%} of a core at rest; p95 of {TIMES}"
    return [
        row(
            f"rooms: {name}", ours[kind]["p95"], bare[kind]["p95"], unit="ms", better="lower",
            note=f"{about}; medians {ours[kind]['median']:.2f}, {bare[kind]['median']:.2f} ms",
        )
        for kind, name in (("state", f"to {PLAYERS - 1} others"), ("signal", "to one other"))
    ]  # fmt: skip


async def _beside(name: str, base: str, origin: str, rooms: list[list[Door]]) -> dict[str, Any]:
    """Fill all rooms but the first; return how long that took, and the times of the first."""
    begun = time.monotonic()
    readers = set()

    async def stay(door: Door) -> Any:
        """Come in, and read as browsers do."""
        socket, _peer = await _enter(base, origin, door)
        readers.add(asyncio.create_task(clients.pass_by(socket)))
        return socket

    async with clients.holding([door for room in rooms[1:] for door in room], stay):
        seconds = time.monotonic() - begun
        used = place().processor(name)
        await asyncio.sleep(RESTS)
        busy = (place().processor(name) - used) / RESTS
        times = await clients.measured("bench.rooms", base, origin, [*map(astuple, rooms[0])])
    return {"seconds": seconds, "busy": busy, **times}


async def _enter(base: str, origin: str, door: Door) -> tuple[Any, str]:
    """Come into a room; return the socket, and what the room calls it."""
    socket = await clients.opened(base, origin, door)
    await socket.send(HELLO)
    async with asyncio.timeout(60):
        while (frame := json.loads(await socket.recv()))["t"] != "welcome":
            if frame["t"] == "error":
                raise RuntimeError(f"a socket was answered {frame['code']}")
    return socket, frame["you"]


async def _probe(base: str, origin: str, doors: list[list[str]]) -> dict[str, dict[str, float]]:
    entered = [await _enter(base, origin, Door(*door)) for door in doors]
    sockets, me, to = [socket for socket, _peer in entered], entered[0][1], entered[1][1]
    await asyncio.sleep(2)  # until all have heard who came
    mouth, ears = sockets[0], sockets[1:]
    figures = {}
    for kind in ("state", "signal"):
        hearing = ears if kind == "state" else ears[:1]
        readers = [
            asyncio.create_task(clients.pass_by(one)) for one in sockets if one not in hearing
        ]
        times = []
        for number in range(TIMES):
            begun = time.perf_counter()
            await mouth.send(json.dumps(_frame(kind, number, to)))
            await asyncio.gather(*(_until(ear, kind, me) for ear in hearing))
            times.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(PAUSE)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        figures[kind] = clients.summary(times)
    for socket in sockets:
        await socket.close()
    return figures


def _frame(kind: str, number: int, to: str) -> dict[str, Any]:
    if kind == "state":
        return {"t": "state", "muted": number % 2 == 0}
    return {"t": "signal", "to": to, "data": {"candidate": "", "n": number}}


async def _until(socket: Any, kind: str, sender: str) -> None:
    async with asyncio.timeout(30):
        while True:
            frame = json.loads(await socket.recv())
            if frame["t"] == kind and sender in (frame.get("peer"), frame.get("from")):
                return


def _world() -> list[list[Door]]:
    """Return rooms of eight who have just signed in; the first is the one that is measured."""
    from accounts.models import User
    from bench.visits import RECORDINGS, cookie_of
    from sessions_app.models import Participant
    from sessions_app.services import sessions

    place().fill(RECORDINGS)
    adults = User.objects.filter(state="active", age_group="adult", username__startswith="player")
    people = list(adults.order_by("pk")[: (ROOMS + 1) * PLAYERS])
    if len(people) != (ROOMS + 1) * PLAYERS:
        raise RuntimeError(f"there are {len(people)} people, not {(ROOMS + 1) * PLAYERS}")
    rooms = []
    for first in range(0, len(people), PLAYERS):
        host, *others = people[first : first + PLAYERS]
        room = sessions.open_session(host, title="room", about="", audience="public")
        Participant.objects.bulk_create(Participant(session=room, user=one) for one in others)
        path = f"/ws/jam/{room.public_id}/"
        rooms.append([Door(path, cookie_of(one)) for one in (host, *others)])
    return rooms


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_probe(*json.loads(sys.argv[1])))))
