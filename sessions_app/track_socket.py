"""The part of a room's socket that is about its backing track. Contract: docs/realtime.md."""

from functools import partial
from typing import Any

from foundation import limits
from sessions_app import track
from sessions_app.beat import BeatConsumer
from sessions_app.frames import Track
from sessions_app.services import endings, hosting, tracks

SILENT: dict[str, Any] = {"hears": False}  # all that is told of a track to who may not hear it


class TrackConsumer(BeatConsumer):
    """Hosts put a track on for everybody; each client is told of one that its person may hear."""

    told_track: dict[str, Any] | None = None

    async def on_track(self, frame: Track) -> None:
        self._must_be_present()
        limits.TRACKS.spend(self.user.pk)
        await self._do_or_refuse(hosting.check_host, self.session, self.user)
        if frame.recording is None:
            changed = track.gone
        else:
            duration = await self.in_thread(track.check, self.viewer, frame)
            now = endings.session_ms(self.session)
            changed = partial(track.track_of, frame, duration, now)
        await self.room.change_track(changed, self.user.pk)
        await self.channel_layer.group_send(self.group, {"type": "room.track"})

    async def room_track(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self._tell_track()

    async def gate_check(self, event: dict[str, Any]) -> None:
        """Take a track from who may no longer hear it, or give it to who may now."""
        await super().gate_check(event)
        if self.welcomed and not self.closing:
            await self._tell_track()

    async def _tell_track(self) -> None:
        before = self.told_track
        now = await self.track_now()
        if now != before:
            await self.send_frame(t="track", track=now)

    async def track_now(self) -> dict[str, Any] | None:
        """Return the track as this client is told of it; None while there is none.

        The gate is asked for this client's own person: of what they may not hear nothing is told
        but that something plays.
        """
        kept, by = await self.room.track()
        if kept is None or kept["recording"] is None:
            self.told_track = None
            return None
        about = self.viewer, kept["recording"], kept["stems"]
        mix = await self.in_thread(track.mix_for, *about)
        if mix is None:
            self.told_track = SILENT
        else:
            await self._hear_of(tracks.group_of(mix.recording_id))
            heard = {"hears": True, "mix": mix.public_id, "by": await self._public_id(by)}
            self.told_track = {**kept, **heard}
        return self.told_track

    async def _hear_of(self, group: str) -> None:
        """Be told when the sound of the track changes, or who may hear it."""
        if group not in self.joined:
            await self.join(group)
