"""Listeners, as the players of a room know of them. Contract: docs/realtime.md."""

from typing import Any

from django.urls import reverse

from foundation import limits
from privacy.gate.audiences import Audience
from sessions_app import stream_queries
from sessions_app.direct_socket import DirectConsumer
from sessions_app.frames import StreamAllow, StreamAnswer, StreamMix, StreamSend
from sessions_app.live import store
from sessions_app.models import JamSession
from sessions_app.services import hosting, streams


class StreamConsumer(DirectConsumer):
    """The part of a room's socket that is about what listeners hear."""

    told_stream: dict[str, Any] | None = None

    async def on_stream_allow(self, frame: StreamAllow) -> None:
        self._must_be_present()
        await self._do_or_refuse(streams.allow, self.session, self.user, on=frame.on)

    async def on_stream_answer(self, frame: StreamAnswer) -> None:
        self._must_be_present()
        await self._do_or_refuse(streams.answer, self.session, self.user, yes=frame.yes)

    async def on_stream_send(self, frame: StreamSend) -> None:
        self._must_be_present()
        if frame.on:
            present = [peer.user_id for peer in await self.room.peers()]
            await self._do_or_refuse(streams.start, self.session, self.user, present)
        else:
            await self._do_or_refuse(streams.stop, self.session, self.user)

    async def on_stream_mix(self, frame: StreamMix) -> None:
        """Note how listeners hear somebody: the master mix, which is the hosts'."""
        self._must_be_present()
        await self._do_or_refuse(hosting.check_host, self.session, self.user)
        limits.STREAM_MIXES.spend(self.user.pk)
        own = frame.user == self.user.public_id
        person = self.user if own else await self.in_thread(self._seated, frame.user)
        mix = {"volume": frame.volume, "pan": frame.pan, "muted": frame.muted}
        await self.room.set_mix(person.pk, mix)
        await self.channel_layer.group_send(self.group, {"type": "room.stream"})

    # What the client is told ----------------------------------------------------------------

    async def stream_now(self) -> dict[str, Any]:
        """Return the frame `stream`: people by public id, as far as this person may know them."""
        about, stream, answers = await self.in_thread(self._stream)
        mixes = await self.room.mixes()
        keys = {*answers, *mixes, *({stream.sender, *stream.voices} if stream else ())}
        names = {key: name for key in keys if (name := await self._public_id(key)) is not None}
        return {
            **about,
            "agreed": sorted(names[key] for key, yes in answers.items() if yes and key in names),
            "declined": sorted(
                names[key] for key, yes in answers.items() if not yes and key in names
            ),
            "sender": names.get(stream.sender) if stream else None,
            "voices": sorted(names[key] for key in stream.voices if key in names) if stream else [],
            "mix": {names[key]: mix for key, mix in mixes.items() if key in names},
        }

    def _stream(self) -> tuple[dict[str, Any], store.Stream | None, dict[int, bool]]:
        row = JamSession.objects.filter(pk=self.session.pk).values("audience", "listeners").first()
        row = row or {"audience": "", "listeners": False}
        stream = streams.settle(self.session)
        answers = stream_queries.answers(self.session.pk)
        public_id = self.session.public_id
        return (
            {
                "me": str(self.user.public_id),
                "public": row["audience"] == Audience.PUBLIC,
                "allowed": row["listeners"],
                "asked": not self.user.is_child,
                "yours": answers.get(self.user.pk),
                "on": stream is not None,
                "version": stream.version if stream else 0,
                "listeners": store.listeners(self.session.pk) if stream else 0,
                "parts": reverse("stream_parts", args=[public_id]),
                "page": reverse("listen", args=[public_id]),
            },
            stream,
            answers,
        )

    @property
    def is_streaming(self) -> bool:
        """Whether listeners hear the room, as far as this client was told."""
        return bool(self.told_stream and self.told_stream["on"])

    async def tell_stream(self) -> None:
        """Tell the client how it stands with listeners, where that isn't what it was told last."""
        if not self.welcomed:
            return
        now = await self.stream_now()
        if now != self.told_stream:
            self.told_stream = now
            await self.send_frame(t="stream", **now)

    async def room_stream(self, event: dict[str, Any]) -> None:
        await self.tell_stream()

    async def room_reaction(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.send_frame(t="reaction", kind=event["kind"])
