"""One person is in a room once: of their connections the newest stays, also of many at once."""

import asyncio
import json
import time
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from foundation.limits import valkey
from foundation.sockets import REPLACED
from tests.cast import Cast, signed_in
from tests.privacy.talking import Socket
from tests.privacy.test_sockets import one_connection

__all__ = ["one_connection"]  # a fixture that pytest finds by its name here
HELLO = {"t": "hello"}


async def last_word(socket: Socket) -> int:
    """Return the code that a socket closes with; 0 for one that stays open for a second."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        if await socket.receive_nothing(timeout=0.2, interval=0.05):
            continue
        if "closed" in (frame := await socket.hear()):
            return int(frame["closed"])
    return 0


@pytest.mark.clause("recording-consent")
def test_of_sockets_that_say_hello_at_once_one_stays(cast: Cast) -> None:
    jam = cast.sessions["participants"]
    jar = signed_in(cast["owner"]).cookies.output(header="", sep=";").strip().split(";")[0]

    @async_to_sync
    async def run() -> Any:
        sockets = [Socket(f"/ws/jam/{jam.public_id}/", jar) for _ in range(4)]
        for socket in sockets:
            await socket.open()
        await asyncio.gather(*(socket.say(HELLO) for socket in sockets))
        codes = [await last_word(socket) for socket in sockets]
        inside = [json.loads(one)["user_id"] for one in valkey().hvals(f"room:{jam.pk}")]
        for socket in sockets:
            await socket.close()
        return codes, inside

    codes, inside = run()
    assert sorted(codes) == [0, REPLACED, REPLACED, REPLACED]
    assert inside == [cast["owner"].pk]
