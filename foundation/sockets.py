"""What every WebSocket of Jamsite shares: JSON frames, a rate limit, the gate's close code."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import HttpRequest

HIDDEN = 4404  # missing, not visible, or no longer visible: the same answer
REPLACED = 4409
MALFORMED = 4400
TOO_FAST = 4429
MAX_A_SECOND = 50
BURST = 150  # a busy machine holds frames back and then sends them all at once


class GatedConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket that opens and stays open only while the gate says yes.

    Subclasses give `allowed()`, asked at the start and whenever somebody sends `gate.check`, and
    `on_<type>` methods for the frames they know.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined: list[str] = []
        self._allowance = float(BURST)
        self._looked_at = time.monotonic()
        self.closing = False

    def allowed(self) -> bool:
        """Return whether this person may be here now; runs in a thread, may ask the database."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Called once the socket is accepted."""

    async def gone(self) -> None:
        """Called when a socket that was accepted has closed."""

    async def connect(self) -> None:
        # Accepted first: browsers show close codes only of sockets that were open.
        await self.accept()
        if not await database_sync_to_async(self.allowed)():
            await self.close(HIDDEN)
            return
        await self.ready()

    async def join(self, group: str) -> None:
        self.joined.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.joined:
            await self.gone()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.joined:
            return
        if self._is_too_fast():
            await self.close(TOO_FAST)
            return
        try:
            frame = json.loads(text_data or "")
            handler = getattr(self, f"on_{frame['t'].replace('.', '_')}")
        except (ValueError, TypeError, KeyError, AttributeError):
            await self.close(MALFORMED)
            return
        try:
            await handler(frame)
        except (KeyError, TypeError, ValueError):
            await self.close(MALFORMED)

    async def send_frame(self, **frame: Any) -> None:
        await self.send(text_data=json.dumps(frame))

    async def refuse(self, for_type: str, code: str, text: str) -> None:
        await self.send_frame(t="error", code=code, text=text, **{"for": for_type})

    async def gate_check(self, event: dict[str, Any]) -> None:
        """Something changed that may concern us: ask the gate again."""
        if not await database_sync_to_async(self.allowed)():
            self.closing = True
            await self.close(HIDDEN)

    def _is_too_fast(self) -> bool:
        """Count this frame against a bucket that holds `BURST` and refills steadily."""
        now = time.monotonic()
        refill = (now - self._looked_at) * MAX_A_SECOND
        self._allowance = min(float(BURST), self._allowance + refill) - 1
        self._looked_at = now
        return self._allowance < 0


def socket_origin(request: HttpRequest) -> str:
    """Return where sockets are served: SOCKET_URL, or this very host.

    The host that the browser used is kept (127.0.0.1 or localhost): cookies belong to it.
    """
    scheme = "wss" if request.is_secure() else "ws"
    if not settings.SOCKET_URL:
        return f"{scheme}://{request.get_host()}"
    given = urlsplit(settings.SOCKET_URL)
    if settings.DEVELOPMENT_PAGES and given.port:
        return f"{scheme}://{request.get_host().rsplit(':', 1)[0]}:{given.port}"
    return str(settings.SOCKET_URL)
