"""Who is in a room now: kept in Valkey, gone by itself when nobody renews it."""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

import redis.asyncio as redis
from django.conf import settings

ALIVE = 30  # seconds after the last sign of life
RENEW = 10


@dataclass
class Peer:
    """One open connection of one person."""

    peer: str
    user_id: int
    user: str
    name: str
    muted: bool = False
    seen: float = 0.0

    def public(self) -> dict[str, Any]:
        return {"peer": self.peer, "user": self.user, "name": self.name, "muted": self.muted}


class Room:
    """The peers of one session, shared by every socket server."""

    def __init__(self, session_id: int) -> None:
        self._key = f"room:{session_id}"
        self._valkey: Any = redis.from_url(settings.REDIS_URL, decode_responses=True)

    async def enter(self, peer: Peer) -> None:
        peer.seen = time.time()
        await self._valkey.hset(self._key, peer.peer, json.dumps(asdict(peer)))
        await self._valkey.expire(self._key, ALIVE * 4)

    renew = enter

    async def leave(self, peer: str) -> None:
        await self._valkey.hdel(self._key, peer)

    async def peers(self) -> list[Peer]:
        """Return those with a sign of life, in the order of their names."""
        values = await self._valkey.hvals(self._key)
        found = [Peer(**json.loads(value)) for value in values]
        recent = time.time() - ALIVE
        return sorted((one for one in found if one.seen > recent), key=lambda one: one.name)

    async def close(self) -> None:
        await self._valkey.aclose()
