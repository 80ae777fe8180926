"""The room's socket: signalling, clock, chat, recording consent. Contract: docs/realtime.md."""

import asyncio
import contextlib
import time
from typing import Annotated, Any, ClassVar

from pydantic import Field

from accounts.models import User
from accounts.services import sign_ins
from foundation.frames import Frame, Milliseconds, PublicId, Ref, at_most, words
from foundation.ids import new_public_id
from foundation.sockets import REPLACED, GatedConsumer, Refused
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
MAX_TITLE = 80


class Hello(Frame):
    """`caps`: what the browser can do; noted by the other side's engine, not here."""

    t = "hello"
    caps: Annotated[dict[Annotated[str, Field(max_length=40)], bool], Field(max_length=20)] = {}


class Signal(Frame):
    t = "signal"
    quick = True
    to: PublicId
    data: Annotated[dict[str, Any], at_most(MAX_SIGNAL)]


class Clock(Frame):
    t = "clock"
    quick = True
    t0: Milliseconds


class Chat(Frame):
    t = "chat"
    ref: Ref
    text: Annotated[str, words(MAX_CHAT)]


class State(Frame):
    t = "state"
    muted: bool


class RecordAsk(Frame):
    t = "record.ask"
    title: Annotated[str, words(MAX_TITLE, least=0)] = ""


class RecordAnswer(Frame):
    t = "record.answer"
    recording: PublicId
    yes: bool


class RecordStop(Frame):
    t = "record.stop"
    recording: PublicId


class JamConsumer(GatedConsumer):
    """One player's connection to one session."""

    takes: ClassVar[list[type[Frame]]] = [
        Hello, Signal, Clock, Chat, State, RecordAsk, RecordAnswer, RecordStop,
    ]  # fmt: skip

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
            await self.in_thread(usage.note, self.user, usage.Kind.ROOM, seconds=stayed)
            if all(peer.user_id != self.user.pk for peer in await self.room.peers()):
                await self.in_thread(recordings.left_while_asked, self.session, self.user.pk)
        await self.room.close()

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            if self.present:
                await self.room.renew(self.me)

    # From the browser ---------------------------------------------------------------

    async def on_hello(self, frame: Hello) -> None:
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
        await self.send_frame(**await self.in_thread(self._welcome, others))
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

    async def on_signal(self, frame: Signal) -> None:
        await self._everybody("signal", to=frame.to, data=frame.data, **{"from": self.me.peer})

    async def on_clock(self, frame: Clock) -> None:
        at = recordings.session_ms(self.session)
        await self.send_frame(t="clock", t0=frame.t0, t1=at, t2=recordings.session_ms(self.session))

    async def on_chat(self, frame: Chat) -> None:
        line, _ = await self.in_thread(
            sessions.say, self.session, self.user, text=frame.text, ref=frame.ref
        )
        line.author = self.user
        await self._everybody("chat", peer=self.me.peer, **_without_type(_chat(line)))
        await self.acknowledge(frame.t, frame.ref, line)

    async def on_state(self, frame: State) -> None:
        self.me.muted = frame.muted
        if self.present:
            await self.room.renew(self.me)
        await self._everybody("state", peer=self.me.peer, muted=self.me.muted)

    async def on_record_ask(self, frame: RecordAsk) -> None:
        present = [peer.user_id for peer in await self.room.peers()]
        await self._do_or_refuse(recordings.ask, self.session, self.user, present, frame.title)

    async def on_record_answer(self, frame: RecordAnswer) -> None:
        recording = await self.in_thread(self._recording, frame.recording)
        await self._do_or_refuse(recordings.answer, recording, self.user, yes=frame.yes)

    async def on_record_stop(self, frame: RecordStop) -> None:
        recording = await self.in_thread(self._recording, frame.recording)
        await self._do_or_refuse(recordings.stop, recording, self.user.pk)

    def _recording(self, public_id: str) -> Recording:
        """Return a recording of this room that this player was asked for, or refuse."""
        mine = Recording.objects.filter(session=self.session, consents__user=self.user)
        found = mine.filter(public_id=public_id).first()
        if found is None:
            raise Refused("missing", "There is no such recording.")
        return found

    async def _do_or_refuse(self, service: Any, *args: Any, **kwargs: Any) -> None:
        try:
            await self.in_thread(service, *args, **kwargs)
        except recordings.Refused as reason:
            raise Refused("refused", str(reason)) from None

    # From the others ----------------------------------------------------------------

    async def _everybody(self, kind: str, **frame: Any) -> None:
        message = {"type": "room.frame", "frame": {"t": kind, **frame}}
        await self.channel_layer.group_send(self.group, message)

    async def _those_seen(self, peers: list[Peer]) -> list[Peer]:
        """Return the peers that no wall keeps from this one; remember the others."""
        keys = [peer.user_id for peer in peers]
        met = await self.in_thread(queries.who_may_meet, self.viewer, keys)
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
        shown = await self.in_thread(queries.recording_for_room, event["recording"], self.viewer)
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
