"""The floors of sockets: ASGI applications that do the least there is to do.

`application` accepts each, answers a frame, and waits; `room` passes frames on through Valkey.
"""

import asyncio
import contextlib
import functools
import json
import os
import uuid
from collections import defaultdict
from typing import Any


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": message["text"]})


async def room(scope: Any, receive: Any, send: Any) -> None:
    """The floor of rooms: what a socket says is published, to its room or to one in it."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    passing = _passing()
    me, here = uuid.uuid4().hex, scope["path"]
    await passing.hear(here, me, send)
    await passing.hear(me, me, send)
    while (message := await receive())["type"] != "websocket.disconnect":
        frame = json.loads(message["text"])
        if frame["t"] == "hello":
            welcome = json.dumps({"t": "welcome", "you": me})
            await send({"type": "websocket.send", "text": welcome})
        else:
            told = json.dumps({**frame, "peer": me, "from": me})
            await passing.valkey.publish(frame.get("to", here), told)
    del passing.ears[here][me], passing.ears[me]


class _Passing:
    """One connection that hears for all sockets of this process, as channels' layer has."""

    def __init__(self) -> None:
        from redis.asyncio import Redis

        self.valkey = Redis.from_url(os.environ["REDIS_URL"])
        self.pubsub = self.valkey.pubsub(ignore_subscribe_messages=True)
        self.ears: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.task: asyncio.Task[None] | None = None

    async def hear(self, channel: str, me: str, send: Any) -> None:
        if not self.ears[channel]:
            await self.pubsub.subscribe(channel)
        self.ears[channel][me] = send
        self.task = self.task or asyncio.create_task(self._pass_on())

    async def _pass_on(self) -> None:
        async for message in self.pubsub.listen():
            sender = json.loads(message["data"])["peer"]
            answer = {"type": "websocket.send", "text": message["data"].decode()}
            for ear, send in list(self.ears[message["channel"].decode()].items()):
                if ear != sender:
                    with contextlib.suppress(RuntimeError):  # it has just closed
                        await send(answer)


@functools.cache
def _passing() -> _Passing:
    return _Passing()
