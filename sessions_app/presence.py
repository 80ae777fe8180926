"""Who is in a room now: ids alone, in Valkey, gone by themselves when nobody renews them.

Nothing here names anybody: names are asked of the gate, for each who is told. It is never the only
witness: a room's row says until when somebody is in it, and takes end by the clock, so that a
flushed Valkey or a killed process delays an ending by seconds and loses none.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

from foundation.limits import valkey

ALIVE = 30  # seconds after the last sign of life
RENEW = 10
LEASE_RENEWED = 20  # seconds between two signs of life of one room in its row
log = logging.getLogger(__name__)


@dataclass
class Peer:
    """One open connection of one person."""

    peer: str
    user_id: int
    muted: bool = False
    take: str = ""  # id of the recording that its browser says it captures for
    sfu: str = ""  # what the media server of a larger room knows this stay by
    since: float = 0.0
    seen: float = 0.0
    # Of the person, not the line: whether a host muted them, or turned their picture off.
    by_host: bool = False
    picture_held: bool = False


OF_THE_PERSON = ("by_host", "picture_held")


def _key(session_id: int) -> str:
    return f"room:{session_id}"


def _alive(values: Iterable[Any]) -> list[Peer]:
    """Return those with a sign of life, in the order they came."""
    recent = time.time() - ALIVE
    peers = [Peer(**json.loads(value)) for value in values]
    return sorted(
        (peer for peer in peers if peer.seen > recent), key=lambda peer: (peer.since, peer.peer)
    )


class Room:
    """The peers of one session, shared by every socket server."""

    def __init__(self, session_id: int) -> None:
        self._key = _key(session_id)
        self._muted = f"{self._key}:muted"
        self._pictures = f"{self._key}:pictures"
        self._turn = f"{self._key}:turn"
        self._beat = f"{self._key}:beat"
        self._vote = f"{self._key}:vote"
        self._mixes = f"{self._key}:mixes"
        self._track = f"{self._key}:track"
        self._track_by = f"{self._track}:by"
        self._lasting = (  # as long as somebody is there; a vote ends by itself
            self._key, self._muted, self._pictures, self._turn, self._beat, self._mixes,
            self._track, self._track_by,
        )  # fmt: skip
        self._valkey = _Shared.take()

    async def enter(self, peer: Peer) -> bool:
        """Note a peer, or that it is still there; return whether the room's row wants renewing."""
        peer.seen = time.time()
        peer.since = peer.since or peer.seen
        async with self._valkey.pipeline(transaction=False) as pipe:
            about = {k: v for k, v in asdict(peer).items() if k not in OF_THE_PERSON}
            pipe.hset(self._key, peer.peer, json.dumps(about))
            for key in self._lasting:
                pipe.expire(key, ALIVE * 4)
            pipe.set(f"{self._key}:renewed", 1, ex=LEASE_RENEWED, nx=True)
            return bool((await pipe.execute())[-1])

    async def leave(self, peer: str) -> None:
        await self._valkey.hdel(self._key, peer)

    async def peers(self) -> list[Peer]:
        """Return those with a sign of life, in the order they came."""
        async with self._valkey.pipeline(transaction=False) as pipe:
            pipe.hvals(self._key)
            pipe.hkeys(self._muted)
            pipe.hkeys(self._pictures)
            values, muted, pictures = await pipe.execute()
        peers = _alive(values)
        for peer in peers:
            peer.by_host = str(peer.user_id) in muted
            peer.picture_held = str(peer.user_id) in pictures
        return peers

    async def mute(self, user_id: int, *, muted: bool) -> bool:
        """Note that a host's mute holds for somebody, or no longer; return whether that is new.

        Of the person, not of a connection: who comes back is still muted.
        """
        return await self._hold(self._muted, user_id, on=muted)

    async def is_muted(self, user_id: int) -> bool:
        return bool(await self._valkey.hexists(self._muted, str(user_id)))

    async def hold_picture(self, user_id: int, *, held: bool) -> bool:
        """Note that a host turned somebody's picture off, as `mute` does of their sound."""
        return await self._hold(self._pictures, user_id, on=held)

    async def is_picture_held(self, user_id: int) -> bool:
        return bool(await self._valkey.hexists(self._pictures, str(user_id)))

    async def _hold(self, key: str, user_id: int, *, on: bool) -> bool:
        if not on:
            return bool(await self._valkey.hdel(key, str(user_id)))
        return await self._note(key, str(user_id), user_id)

    async def _note(self, key: str, field: str, user_id: int, **about: Any) -> bool:
        """Keep something about somebody, whose erasure finds it; return whether it is new."""
        async with self._valkey.pipeline(transaction=False) as pipe:
            pipe.hset(key, field, json.dumps({"user_id": user_id, **about}))
            pipe.expire(key, ALIVE * 4)
            return bool((await pipe.execute())[0])

    async def set_mix(self, user_id: int, mix: dict[str, Any]) -> None:
        """Note how listeners hear somebody: a part of the master mix."""
        await self._note(self._mixes, str(user_id), user_id, **mix)

    async def mixes(self) -> dict[int, dict[str, Any]]:
        """Return the master mix, by person."""
        kept = [json.loads(value) for value in await self._valkey.hvals(self._mixes)]
        return {mix.pop("user_id"): mix for mix in kept}

    async def beat(self) -> dict[str, Any] | None:
        """Return the grid of the room's metronome, if it was ever started."""
        kept = await self._valkey.get(self._beat)
        return json.loads(kept) if kept else None

    async def change_beat(
        self, changed: Callable[[dict[str, Any] | None], dict[str, Any]]
    ) -> dict[str, Any]:
        """Change the grid by what it was; of two changes at once each sees the other's."""
        return await self._change(self._beat, changed, ALIVE * 4)

    async def track(self) -> tuple[dict[str, Any] | None, int]:
        """Return the room's backing track, if there ever was one, and who set it (0: nobody)."""
        async with self._valkey.pipeline(transaction=False) as pipe:
            pipe.get(self._track)
            pipe.hget(self._track_by, "by")
            kept, by = await pipe.execute()
        return json.loads(kept) if kept else None, json.loads(by)["user_id"] if by else 0

    async def change_track(
        self, changed: Callable[[dict[str, Any] | None], dict[str, Any]], by: int
    ) -> None:
        """Change the track by what it was. Who set it is kept beside it, and goes with them."""
        await self._change(self._track, changed, ALIVE * 4)
        await self._note(self._track_by, "by", by)

    async def vote(self) -> dict[str, Any] | None:
        """Return the vote that is open, if any."""
        kept = await self._valkey.get(self._vote)
        return json.loads(kept) if kept else None

    async def change_vote(
        self, changed: Callable[[dict[str, Any] | None], dict[str, Any]], seconds: int
    ) -> dict[str, Any]:
        """Change the open vote by what it was; it is forgotten after so many seconds."""
        return await self._change(self._vote, changed, seconds)

    async def end_vote(self) -> bool:
        """Forget the open vote; return whether there was one, which is true for one caller."""
        return bool(await self._valkey.delete(self._vote))

    async def _change(
        self, key: str, changed: Callable[[dict[str, Any] | None], dict[str, Any]], seconds: int
    ) -> dict[str, Any]:
        async with self._valkey.pipeline() as pipe:
            while True:
                try:
                    await pipe.watch(key)
                    kept = await pipe.get(key)
                    value = changed(json.loads(kept) if kept else None)
                    pipe.multi()
                    pipe.set(key, json.dumps(value), ex=seconds)
                    await pipe.execute()
                except redis.WatchError:
                    continue
                return value

    async def give_turn(self, user_id: int, until: float) -> None:
        """Note whose turn it is until a time of the session clock, in place of who had it."""
        async with self._valkey.pipeline(transaction=True) as pipe:
            pipe.hset(self._turn, "turn", json.dumps({"user_id": user_id, "until": until}))
            pipe.expire(self._turn, ALIVE * 4)  # and again by each sign of life
            await pipe.execute()

    async def end_turn(self) -> None:
        await self._valkey.delete(self._turn)

    async def turn(self) -> tuple[int, float] | None:
        """Return whose turn it is or was last, and until when on the session clock."""
        noted = await self._valkey.hget(self._turn, "turn")
        if noted is None:
            return None
        turn = json.loads(noted)
        return turn["user_id"], turn["until"]

    async def close(self) -> None:
        await _Shared.give_back()


class _Shared:
    """One connection pool for all rooms of an event loop, closed with the last of them."""

    clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()
    users: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()

    @classmethod
    def take(cls) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in cls.clients:
            cls.clients[loop] = redis.asyncio.from_url(settings.REDIS_URL, decode_responses=True)
        cls.users[loop] = cls.users.get(loop, 0) + 1
        return cls.clients[loop]

    @classmethod
    async def give_back(cls) -> None:
        loop = asyncio.get_running_loop()
        cls.users[loop] -= 1
        if cls.users[loop] == 0:
            await cls.clients.pop(loop).aclose()


# From pages and jobs --------------------------------------------------------------------


def inside(session_ids: Iterable[int]) -> dict[int, list[Peer]] | None:
    """Return who is in each of these rooms now, in one round trip; None while Valkey is away."""
    keys = list(session_ids)
    if not keys:
        return {}
    try:
        with valkey().pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hvals(_key(key))
            answers = pipe.execute()
    except redis.RedisError as problem:
        log.warning("who is in a room can't be read: %s", type(problem).__name__)
        return None
    return {key: _alive(values) for key, values in zip(keys, answers, strict=True)}
