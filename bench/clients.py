"""Clients of the socket server: many that stay, and one that measures in a process of its own."""

import asyncio
import contextlib
import json
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

AT_ONCE = 20  # that open or close


@dataclass(frozen=True)
class Door:
    """The address of a socket, and the cookie of somebody who may open it."""

    path: str
    cookie: str


def opened(base: str, origin: str, door: Door) -> Any:
    """Return a connection, to be awaited or entered; it neither pings nor compresses."""
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    return connect(
        f"{base}{door.path}", additional_headers={"Cookie": door.cookie}, origin=Origin(origin),
        open_timeout=60, ping_interval=None, compression=None,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def holding(
    doors: list[Door], enter: Callable[[Door], Awaitable[Any]]
) -> AsyncIterator[None]:
    """Keep sockets open inside the block, a few at a time opened and closed; none may end."""
    turn = asyncio.Semaphore(AT_ONCE)
    sockets: list[Any] = []

    async def come(door: Door) -> None:
        async with turn:
            sockets.append(await enter(door))

    async def leave(socket: Any) -> None:
        async with turn:
            await socket.close()

    try:
        async with asyncio.TaskGroup() as entering:
            for door in doors:
                entering.create_task(come(door))
        yield
        if closed := sum(socket.close_code is not None for socket in sockets):
            raise RuntimeError(f"{closed} of {len(sockets)} sockets were closed meanwhile")
    finally:
        await asyncio.gather(*(leave(socket) for socket in sockets), return_exceptions=True)


async def pass_by(socket: Any) -> None:
    """Read what comes, to its end."""
    async for _frame in socket:
        pass


async def measured(module: str, *about: Any) -> Any:
    """Run a module on what it is told, in a process that other clients don't hold up.

    Return what it prints as JSON. Raises RuntimeError with its last word where it fails.
    """
    probe = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, json.dumps(about),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, said = await probe.communicate()
    if probe.returncode:
        raise RuntimeError((said.decode().strip().splitlines() or ["the probe ended"])[-1])
    return json.loads(out)


def summary(times: list[float]) -> dict[str, float]:
    """Return the median of some times, and the one that 95 of 100 are below."""
    return {"median": statistics.median(times), "p95": sorted(times)[int(0.95 * len(times))]}
