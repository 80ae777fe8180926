"""Waiting for the next part of a stream on the web server's event loop: it holds no thread."""

import asyncio
import time
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

LOOK = 0.05  # seconds between two looks, one for all who wait for the same stream
LONGEST = 5.0  # seconds: three times a segment is what a player expects at most


class _Looks:
    """What one event loop knows of streams, and its connection, while anybody waits."""

    def __init__(self) -> None:
        self.client: Any = redis.asyncio.from_url(settings.REDIS_URL, **settings.VALKEY_PATIENCE)
        self.seen: dict[int, tuple[float, asyncio.Future[tuple[int, int]]]] = {}
        self.waiting = 0

    async def at(self, session: int) -> tuple[int, int]:
        """Return version and parts of a stream, no older than `LOOK`."""
        asked, answer = self.seen.get(session, (0.0, None))
        now = time.monotonic()
        if answer is None or now - asked >= LOOK:
            answer = asyncio.ensure_future(self._ask(session))
            self.seen[session] = now, answer
        return await asyncio.shield(answer)

    async def _ask(self, session: int) -> tuple[int, int]:
        version, have = await self.client.hmget(f"stream:{session}", "version", "have")
        return int(version or 0), int(have or 0)


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Looks] = WeakKeyDictionary()


async def moves(session: int, version: int, parts: int) -> None:
    """Return when a stream has so many parts, is another version, or time is up.

    What may be heard then is asked anew by who answers. While Valkey is away nothing is waited for.
    """
    loop = asyncio.get_running_loop()
    looks = _loops.setdefault(loop, _Looks())
    looks.waiting += 1
    end = time.monotonic() + LONGEST
    try:
        while time.monotonic() < end:
            now, have = await looks.at(session)
            if now != version or have >= parts:
                return
            await asyncio.sleep(LOOK)
    except redis.RedisError:
        return
    finally:
        looks.waiting -= 1
        if looks.waiting == 0:
            _loops.pop(loop, None)
            await looks.client.aclose()
