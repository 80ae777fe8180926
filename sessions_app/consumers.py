"""The room's socket: signalling, clock, chat, recording consent. Contract: docs/realtime.md."""

import asyncio
import contextlib
import time
import uuid
from typing import Any

from channels.db import database_sync_to_async as in_thread

from accounts.models import User
from accounts.services import sign_ins
from foundation.ids import new_public_id
from foundation.sockets import REPLACED, GatedConsumer
from integrations.turn import ice_servers
from privacy import usage
from privacy.viewer import Viewer
from sessions_app import queries
from sessions_app.models import JamSession, Participant, Recording
from sessions_app.services import recording as recordings
from sessions_app.services import sessions
from sessions_app.services.presence import RENEW, Peer, Room

MAX_SIGNAL = 64 * 1024
MAX_CHAT = 2000


class JamConsumer(GatedConsumer):
    """One player's connection to one session."""

    session: JamSession
    user: User
    viewer: Viewer
    me: Peer
    room: Room

    def allowed(self) -> bool:
        """A seat is needed to enter a room, and the session must be open and visible."""
        user = sign_ins.person_behind(self.scope)
        if user is None:
            return False
        viewer = Viewer.connected(self.scope, user)
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        seats = Participant.objects.filter(user=user).values("session")
        session = queries.open_rooms(viewer).filter(public_id=public_id, pk__in=seats).first()
        if session is None:
            return False
        self.user, self.viewer, self.session = user, viewer, session
        return True

    async def ready(self) -> None:
        self.room = Room(self.session.pk)
        self.me = Peer(
            peer=new_public_id(),
            user_id=self.user.pk,
            user=self.user.public_id,
            name=self.user.username,
        )
        self.group = f"jam.{self.session.pk}"
        self.present = False
        self.unseen: set[str] = set()  # peers whom a block keeps apart from this one
        self._entered = time.monotonic()
        await self.join(f"user.{self.user.pk}")
        self._alive = asyncio.create_task(self._stay_alive())

    async def gone(self) -> None:
        self._alive.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._alive
        if self.present:
            await self.room.leave(self.me.peer)
            await self._everybody("peer.left", peer=self.me.peer)
            stayed = time.monotonic() - self._entered
            await in_thread(usage.note)(self.user, usage.Kind.ROOM, seconds=stayed)
            if all(peer.user_id != self.user.pk for peer in await self.room.peers()):
                await in_thread(recordings.left_while_asked)(self.session, self.user.pk)
        await self.room.close()

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            if self.present:
                await self.room.renew(self.me)

    # From the browser ---------------------------------------------------------------

    async def on_hello(self, frame: dict[str, Any]) -> None:
        if self.present:
            return
        others = await self.room.peers()
        for other in others:
            if other.user_id == self.user.pk:  # the newer tab wins
                await self.channel_layer.group_send(
                    self.group, {"type": "peer.replaced", "peer": other.peer}
                )
                await self.room.leave(other.peer)
        others = [other for other in others if other.user_id != self.user.pk]
        await self.join(self.group)
        await self.room.enter(self.me)
        self.present = True
        others = await self._those_seen(others)
        self._entered = time.monotonic()
        await self.send_frame(**await in_thread(self._welcome)(others))
        await self._everybody("peer.joined", **self.me.public())

    def _welcome(self, others: list[Peer]) -> dict[str, Any]:
        current = (
            Recording.objects.filter(session=self.session, stems__player=self.user)
            | Recording.objects.filter(session=self.session, consents__user=self.user)
        ).distinct()
        newest = current.exclude(state__in=["declined", "failed", "ready"]).order_by("-pk").first()
        servers, policy = ice_servers(self.me.peer, self.user.pk)
        return {
            "t": "welcome",
            "you": self.me.peer,
            "peers": [other.public() for other in others],
            "session": {
                "id": self.session.public_id,
                "title": self.session.title,
                "audience": self.session.audience,
                "host": self.session.host_id == self.user.pk,
            },
            "recording": newest and queries.recording_for_room(newest.pk, self.viewer),
            "chat": [_chat(line) for line in queries.chat_of(self.viewer, self.session)],
            "ice": servers,
            "policy": policy,
        }

    async def on_signal(self, frame: dict[str, Any]) -> None:
        data = frame["data"]
        if not isinstance(data, dict) or len(str(data)) > MAX_SIGNAL:
            raise ValueError
        await self._everybody("signal", to=str(frame["to"]), data=data, **{"from": self.me.peer})

    async def on_clock(self, frame: dict[str, Any]) -> None:
        at = recordings.session_ms(self.session)
        await self.send_frame(
            t="clock", t0=float(frame["t0"]), t1=at, t2=recordings.session_ms(self.session)
        )

    async def on_chat(self, frame: dict[str, Any]) -> None:
        text, ref = str(frame["text"]).strip(), str(uuid.UUID(str(frame["ref"])))
        if not 1 <= len(text) <= MAX_CHAT:
            await self.refuse("chat", "length", f"A message has 1 to {MAX_CHAT} characters.")
            return
        line, _ = await in_thread(sessions.say)(self.session, self.user, text=text, ref=ref)
        line.author = self.user
        await self._everybody("chat", peer=self.me.peer, **_without_type(_chat(line)))

    async def on_state(self, frame: dict[str, Any]) -> None:
        self.me.muted = bool(frame["muted"])
        if self.present:
            await self.room.renew(self.me)
        await self._everybody("state", peer=self.me.peer, muted=self.me.muted)

    async def on_record_ask(self, frame: dict[str, Any]) -> None:
        present = [peer.user_id for peer in await self.room.peers()]
        await self._try("record.ask", recordings.ask, self.session, self.user, present,
                        str(frame.get("title", "")))  # fmt: skip

    async def on_record_answer(self, frame: dict[str, Any]) -> None:
        recording = await self._recording(frame)
        if recording is not None:
            yes = frame["yes"] is True
            await self._try("record.answer", recordings.answer, recording, self.user, yes=yes)

    async def on_record_stop(self, frame: dict[str, Any]) -> None:
        recording = await self._recording(frame)
        if recording is not None:
            await self._try("record.stop", recordings.stop, recording, self.user.pk)

    async def _recording(self, frame: dict[str, Any]) -> Recording | None:
        """Return a recording of this room that this player was asked for, or refuse."""
        mine = Recording.objects.filter(session=self.session, consents__user=self.user)
        found = await mine.filter(public_id=str(frame["recording"])).afirst()
        if found is None:
            await self.refuse(frame["t"], "missing", "There is no such recording.")
        return found

    async def _try(self, for_type: str, service: Any, *args: Any, **kwargs: Any) -> None:
        try:
            await in_thread(service)(*args, **kwargs)
        except recordings.Refused as reason:
            await self.refuse(for_type, "refused", str(reason))

    # From the others ----------------------------------------------------------------

    async def _everybody(self, kind: str, **frame: Any) -> None:
        message = {"type": "room.frame", "frame": {"t": kind, **frame}}
        await self.channel_layer.group_send(self.group, message)

    async def _those_seen(self, peers: list[Peer]) -> list[Peer]:
        """Return the peers that no wall keeps from this one; remember the others."""
        keys = [peer.user_id for peer in peers]
        met = await in_thread(queries.who_may_meet)(self.viewer, keys)
        self.unseen = {peer.peer for peer in peers if peer.user_id not in met}
        return [peer for peer in peers if peer.user_id in met]

    async def gate_check(self, event: dict[str, Any]) -> None:
        """Close, or part from those whom a block keeps apart from now on."""
        await super().gate_check(event)
        if not self.present or self.closing:
            return
        before = self.unseen
        peers = await self._those_seen(await self.room.peers())
        for peer in self.unseen - before:
            await self.send_frame(t="peer.left", peer=peer)
        for one in peers:
            if one.peer in before:
                await self.send_frame(t="peer.joined", **one.public())

    async def room_frame(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        sender = frame.get("peer", frame.get("from"))
        if frame["t"] == "peer.joined" and sender != self.me.peer:
            await self._those_seen(await self.room.peers())
        if sender in self.unseen:
            if frame["t"] == "peer.left":
                self.unseen.discard(sender)
            return
        if frame["t"] == "signal":
            if frame["to"] == self.me.peer:
                data = {key: value for key, value in frame.items() if key != "to"}
                await self.send_frame(**data)
        elif frame["t"] != "peer.joined" or frame["peer"] != self.me.peer:
            await self.send_frame(**frame)

    async def peer_replaced(self, event: dict[str, Any]) -> None:
        if event["peer"] == self.me.peer:
            await self.close(REPLACED)
        else:
            await self.send_frame(t="peer.left", peer=event["peer"])

    async def recording_changed(self, event: dict[str, Any]) -> None:
        if not self.present:
            return
        shown = await in_thread(queries.recording_for_room)(event["recording"], self.viewer)
        if shown is not None:
            await self.send_frame(t="recording", **shown)

    async def room_closed(self, event: dict[str, Any]) -> None:
        await self.close(4404)


def _chat(line: Any) -> dict[str, Any]:
    return {
        "t": "chat",
        "id": line.public_id,
        "ref": str(line.ref),
        "user": line.author.public_id,
        "name": line.author.username,
        "text": line.text,
        "at": line.created_at.isoformat(),
    }


def _without_type(frame: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in frame.items() if key != "t"}
