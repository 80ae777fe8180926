"""A socket spoken to as a browser would, without a server in between."""

import json
from collections.abc import Mapping
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from jamsite.asgi import application


class Socket(ApplicationCommunicator):
    """One connection. (Channels' own communicator wants the daphne server installed.)"""

    def __init__(
        self, path: str, cookie: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Without `headers`, as a page of ours opens it: with its origin and the cookie."""
        if headers is None:
            headers = {"Origin": settings.SITE_URL, **({"Cookie": cookie} if cookie else {})}
        sent = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        scope = {"type": "websocket", "path": path, "headers": sent, "query_string": b""}
        super().__init__(application, scope)

    async def open(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(timeout=5))["type"] == "websocket.accept"

    async def say(self, frame: Any) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """Return the next frame; a closed socket is the frame `{"closed": code}`."""
        output = await self.receive_output(timeout=20)
        if output["type"] == "websocket.close":
            return {"closed": output["code"]}
        frame: dict[str, Any] = json.loads(output["text"])
        return frame

    async def close(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)
