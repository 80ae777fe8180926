"""One member's flood and another room's clock; many sockets of one conversation.

The socket server runs as `manage.py up` starts it, on loopback. A client of its own measures round
trips of the clock in one room, first alone, then while a member of another room floods it from 20
sockets at 45 chat messages a second each. The floor is the same clock without the flood.
"""

import asyncio
import contextlib
import functools
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from bench import clients
from bench.place import free_port, place
from bench.rows import Row, row

FLOODING, A_SECOND, SECONDS = 20, 45, 8.0
PROBES, PAUSE = 200, 0.03
HEARING, MESSAGES = 200, 40


def measure() -> list[Row]:
    with place().sockets() as (base, origin):
        return asyncio.run(_all(base, origin, _world()))


async def _all(base: str, origin: str, where: dict[str, str]) -> list[Row]:
    return [await _fairness(base, origin, where), await _hearing(base, origin, where)]


async def _fairness(base: str, origin: str, where: dict[str, str]) -> Row:
    server = functools.partial(place().processor, "sockets")
    alone = await _clock(base, origin, where)
    async with _sink() as elsewhere, _flooding(elsewhere, origin, where):
        beside = await _clock(base, origin, where)
    async with _flooding(base, origin, where):
        used, begun = server(), time.perf_counter()
        flooded = await _clock(base, origin, where)
        busy = (server() - used) / (time.perf_counter() - begun)
    note = (
        f"median round trip of another room's clock; floor: without the flood; {FLOODING} sockets "
        f"at {A_SECOND} messages a second; p95 {flooded['p95']:.1f} against {alone['p95']:.1f} ms; "
        f"{beside['median']:.2f} ms while the same flood goes to a server that throws it away; "
        f"ours used {busy:.0%} of a core meanwhile"
    )
    return row(
        "clock, another room floods", flooded["median"], alone["median"],
        unit="ms", better="lower", note=note,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _flooding(base: str, origin: str, where: dict[str, str]) -> AsyncIterator[None]:
    """Have the flood go on inside the block; it must not end by itself."""
    flood = asyncio.create_task(_flood(base, origin, where))
    await asyncio.sleep(1)
    yield
    flood.cancel()
    (ended,) = await asyncio.gather(flood, return_exceptions=True)
    if not isinstance(ended, asyncio.CancelledError):
        raise RuntimeError(f"the flood ended by itself: {ended!r}")


@contextlib.asynccontextmanager
async def _sink() -> AsyncIterator[str]:
    """Serve, in a process of its own, what throws every frame away: what a flood costs anyhow."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.sockets", str(port))
    await asyncio.sleep(5)
    try:
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _throw_away(port: int) -> None:
    from websockets.asyncio.server import serve

    async with serve(clients.pass_by, "127.0.0.1", port):
        await asyncio.get_running_loop().create_future()


async def _clock(base: str, origin: str, where: dict[str, str]) -> dict[str, float]:
    """Measure in a process of its own, which the flood's client doesn't hold up."""
    about = f"{base}/ws/jam/{where['room']}/", origin, where["host"]
    times: dict[str, float] = await clients.measured("bench.sockets", *about)
    return times


async def _probe(address: str, origin: str, cookie: str) -> dict[str, float]:
    trips = []
    async with _open(address, origin, cookie) as socket:
        for _ in range(PROBES):
            begun = time.perf_counter()
            await socket.send(json.dumps({"t": "clock", "t0": 1.0}))
            while json.loads(await socket.recv())["t"] != "clock":
                pass
            trips.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(PAUSE)
    return clients.summary(trips)


async def _flood(base: str, origin: str, where: dict[str, str]) -> None:
    """Send as fast as told, whatever is answered; a server that reads slowly slows it down."""

    async def flooder() -> None:
        address = f"{base}/ws/messages/{where['conversation']}/"
        async with _open(address, origin, where["flooder"]) as socket:
            ears = asyncio.create_task(clients.pass_by(socket))
            try:
                while True:
                    frame = {"t": "send", "text": "again and again", "ref": str(uuid.uuid4())}
                    await socket.send(json.dumps(frame))
                    await asyncio.sleep(1 / A_SECOND)
            finally:
                ears.cancel()

    await asyncio.gather(*(flooder() for _ in range(FLOODING)))


async def _hearing(base: str, origin: str, where: dict[str, str]) -> Row:
    """Count what 200 sockets of one conversation receive of 40 messages."""
    address = f"{base}/ws/messages/{where['talk']}/"
    sockets = [await _open(address, origin, where[("one", "other")[n % 2]]) for n in range(HEARING)]
    for socket in sockets:  # answered, so open
        await socket.send(json.dumps({"t": "send", "text": "", "ref": str(uuid.uuid4())}))
        await socket.recv()

    async def ear(socket: Any) -> int:
        heard: set[str] = set()
        try:
            async with asyncio.timeout(120):
                while len(heard) < MESSAGES:
                    frame = json.loads(await socket.recv())
                    if frame["t"] == "message":
                        heard.add(frame["id"])
        except TimeoutError:
            pass
        return len(heard)

    begun = time.perf_counter()
    ears = [asyncio.create_task(ear(socket)) for socket in sockets]
    for n in range(MESSAGES):
        frame = {"t": "send", "text": f"message {n}", "ref": str(uuid.uuid4())}
        await sockets[n % 2].send(json.dumps(frame))
    heard = sum(await asyncio.gather(*ears))
    took = time.perf_counter() - begun
    return row(
        "messages to 200 sockets", heard, HEARING * MESSAGES, unit="frames", better="higher",
        note=f"{MESSAGES} messages, all received {took:.1f} s after the first was sent",
    )  # fmt: skip


def _open(address: str, origin: str, cookie: str) -> Any:
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    return connect(
        address, additional_headers={"Cookie": cookie}, origin=Origin(origin), open_timeout=60
    )


def _world() -> dict[str, str]:
    """Make two conversations and a room, and sign everybody in."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User
    from messaging import services
    from sessions_app.services import sessions

    names = ("flooder", "friend", "one", "other", "host")
    people = {
        name: User.objects.create_user(f"s-{name}", f"{name}@mail.example", "no password")
        for name in names
    }
    room = sessions.open_session(people["host"], title="attic", about="", audience="public")
    where = {
        "room": room.public_id,
        "conversation": services.conversation_between(
            people["flooder"], people["friend"]
        ).public_id,
        "talk": services.conversation_between(people["one"], people["other"]).public_id,
    }
    for name, user in people.items():
        client = Client()
        client.force_login(user, backend="accounts.sign_in.backends.Backend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        where[name] = f"{settings.SESSION_COOKIE_NAME}={value}"
    return where


if __name__ == "__main__":
    if sys.argv[1].isdigit():
        asyncio.run(_throw_away(int(sys.argv[1])))
    else:
        print(json.dumps(asyncio.run(_probe(*json.loads(sys.argv[1])))))
