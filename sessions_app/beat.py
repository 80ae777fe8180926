"""The room's metronome: one tempo for everybody, as a grid of beats on the session's clock.

Browsers play it themselves (`frontend/jam/beat/`). It names nobody, and is kept in Valkey for as
long as somebody is in the room. Contract: docs/realtime.md.
"""

import math
from functools import partial
from typing import Any

from foundation import limits
from sessions_app.frames import Beat
from sessions_app.host_socket import HostConsumer
from sessions_app.services import endings

BEGINS_IN = 500  # ms from a start to its first beat: everybody has been told by then
TOLD_BEFORE = 300  # ms before a bar at which it may still be given another tempo

Grid = dict[str, Any]


def grid_of(frame: Beat, now: float, before: Grid | None) -> Grid:
    """Return the grid that a frame asks for, with `from` (session ms of the first beat) and `rev`.

    `rev` counts the changes: of two that cross on their way the greater holds. A tempo that is
    changed while it runs begins with the next bar, and counts nothing in.
    """
    wish: Grid = frame.model_dump()
    wish["accents"] = sorted({accent for accent in frame.accents if accent <= frame.beats})
    wish["rev"] = before["rev"] + 1 if before else 1
    if not frame.on or before is None or not before["on"]:
        return {**wish, "from": now + BEGINS_IN}
    bar = before["beats"] * 60_000 / before["bpm"]
    bars = max(0, math.ceil((now + TOLD_BEFORE - before["from"]) / bar))
    counts_in = before["count_in"] if bars == 0 else 0  # it hasn't begun yet
    return {**wish, "count_in": counts_in, "from": before["from"] + bars * bar}


class BeatConsumer(HostConsumer):
    """The part of a room's socket that is about its metronome."""

    told_beat = 0  # `rev` of the grid that this client was told last

    async def on_beat(self, frame: Beat) -> None:
        self._must_be_present()
        limits.BEATS.spend(self.user.pk)
        now = endings.session_ms(self.session)
        beat = await self.room.change_beat(partial(grid_of, frame, now))
        await self.channel_layer.group_send(self.group, {"type": "room.beat", "beat": beat})

    async def room_beat(self, event: dict[str, Any]) -> None:
        beat = event["beat"]
        if self.welcomed and beat["rev"] > self.told_beat:
            self.told_beat = beat["rev"]
            await self.send_frame(t="beat", **_public(beat))

    async def beat_now(self) -> Grid | None:
        """Return the grid as `welcome` tells it; null while there was none."""
        beat = await self.room.beat()
        self.told_beat = beat["rev"] if beat else 0
        return _public(beat) if beat else None


def _public(beat: Grid) -> Grid:
    return {key: value for key, value in beat.items() if key != "rev"}
