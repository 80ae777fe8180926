"""While Valkey or PostgreSQL is away: sockets wait and say so, and look for themselves after it."""

import asyncio
import json
import logging
from typing import Any
from weakref import WeakSet

import redis
from channels.layers import get_channel_layer
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)
TRY_AGAIN = 1013  # the protocol's own code
EVERY = 2.0  # seconds between two looks
HEARD_WITHIN = 2.0


class Watch:
    """Sends itself a message again and again, through Valkey as everything that sockets are told.

    When none comes back every socket is told to wait. When one does again, all of them ask the
    gate anew, and their clients look for what they missed: nothing that was sent meanwhile arrives.
    """

    def __init__(self) -> None:
        self.sockets: WeakSet[Any] = WeakSet()
        self.is_away = False
        self._task: asyncio.Task[None] | None = None
        self._channel: str | None = None

    def start(self) -> None:
        """Begin to look, if nobody has; ends with the process."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            away = not await self._hears_itself()
            if away != self.is_away:
                self.is_away = away
                logger.warning("Valkey is %s for sockets", "away" if away else "back")
                for socket in list(self.sockets):
                    socket.waits() if away else socket.goes_on()

    async def _hears_itself(self) -> bool:
        layer: Any = get_channel_layer()
        try:
            async with asyncio.timeout(HEARD_WITHIN):
                if self._channel is None:
                    self._channel = await layer.new_channel("watch.")
                await layer.send(self._channel, {"type": "watch"})
                await layer.receive(self._channel)
        except (*AWAY, TimeoutError):
            self._channel = None  # the layer forgets one that was waited for in vain
            return False
        return True


watch = Watch()


class Waiting:
    """Around all sockets (ASGI): one that can't open because a service is away says so.

    It closes with 1013, "try again later", which clients do.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        watch.start()
        accepted = False

        async def sends(message: Any) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            await send(message)

        try:
            await self.application(scope, receive, sends)
        except AWAY as error:
            logger.warning("a socket can't open: %s", type(error).__name__)
            await _say(send, accepted)


async def _say(send: Any, accepted: bool) -> None:
    said = _("A part of the site is away for a moment. Waiting for it.")
    frame = {"t": "error", "code": "away", "text": said, "for": ""}
    try:
        if not accepted:
            await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps(frame)})
        await send({"type": "websocket.close", "code": TRY_AGAIN})
    except (OSError, RuntimeError):
        logger.info("a socket was gone before it was told to wait")
