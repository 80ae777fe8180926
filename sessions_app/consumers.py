"""The room's socket: signalling, clock, chat, recording consent. Contract: docs/realtime.md."""

import asyncio
import contextlib
import time
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.profile.faces import Face
from accounts.security.services import sign_ins
from foundation.frames import Frame
from foundation.ids import new_public_id
from foundation.sockets import HIDDEN, REPLACED, Refused
from privacy.gate.viewer import Viewer
from privacy.telemetry import usage
from sessions_app import queries, room_queries, titles
from sessions_app.chat_socket import ChatConsumer
from sessions_app.frames import (
    Beat,
    BeatVote,
    Chat,
    ChatDelete,
    ChatEarlier,
    Clock,
    DirectAnswer,
    DirectKnown,
    Hello,
    HostDoor,
    HostMute,
    HostOffer,
    HostPicture,
    HostRemove,
    HostRights,
    HostRole,
    HostTake,
    HostTurn,
    KnockAnswer,
    Measured,
    RecordAnswer,
    RecordAsk,
    RecordStop,
    Sfu,
    Signal,
    State,
    StreamAllow,
    StreamAnswer,
    StreamMix,
    StreamSend,
    Track,
)
from sessions_app.host_socket import REMOVED
from sessions_app.latency_socket import LatencyConsumer
from sessions_app.models import Participant, Recording, Stem
from sessions_app.presence import RENEW, Peer, Room
from sessions_app.roster import Roster, state_of
from sessions_app.services import endings, rooms, sessions, stays, streams
from sessions_app.services import recording as recordings
from sessions_app.sfu_socket import SfuConsumer
from sessions_app.sheet_socket import SHEETS
from sessions_app.stream_socket import StreamConsumer
from sessions_app.track_socket import TrackConsumer

ASKED_ANEW = 3  # signs of life after which a socket asks once more whether it may be here


class JamConsumer(TrackConsumer, SfuConsumer, StreamConsumer, LatencyConsumer, ChatConsumer):
    """One player's connection to one session."""

    takes: ClassVar[list[type[Frame]]] = [
        Hello, Signal, Clock, Chat, ChatEarlier, ChatDelete, State, RecordAsk, RecordAnswer,
        RecordStop, HostDoor, HostMute, HostRemove, HostRole, HostRights, HostOffer, HostTake,
        HostTurn, HostPicture, KnockAnswer, Beat, BeatVote, DirectAnswer, DirectKnown, Measured,
        Sfu, StreamAllow, StreamAnswer, StreamMix, StreamSend, Track, *SHEETS,
    ]  # fmt: skip

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
            removed = room_queries.is_removed(viewer, public_id)
            self.refusal = REMOVED if removed else HIDDEN
            return False
        self.user, self.viewer, self.session = user, viewer, session
        return True

    async def ready(self) -> None:
        self.room = Room(self.session.pk)
        self.me = Peer(peer=new_public_id(), user_id=self.user.pk)
        self.roster = Roster(
            self.room, self.me, self._ask_gate, session_is_large=self.session.is_large
        )
        self.group = f"jam.{self.session.pk}"
        self.present = False  # from `hello` on: before it nothing is passed on, to or from here
        self.welcomed = False
        self.told_waiting = []
        self.open_sheets, self.told_lines = {}, {}
        self._renewed = 0
        self._take = 0  # key of the recording that this client was told of last
        self._telling = asyncio.Lock()
        self._entered = time.monotonic()
        for group in (f"user.{self.user.pk}", self.group, f"peer.{self.me.peer}"):
            await self.join(group)
        self._alive = asyncio.create_task(self._stay_alive())

    async def gone(self) -> None:
        self._alive.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._alive
        try:
            if self.present:
                await self._leave()
        finally:
            await self.room.close()

    async def _leave(self) -> None:
        """Say goodbye. Whatever of it fails, or never comes, presence and the sweeper do later."""
        self.present = False
        await self.room.leave(self.me.peer)
        await self._everybody("peer.moved")
        others = await self.room.peers()
        if not others:
            await self.in_thread(rooms.emptied, self.session.pk)
        if all(peer.user_id != self.user.pk for peer in others):
            await self.in_thread(endings.left, self.session, self.user.pk)
            await self.in_thread(self.left_sfu)
        stayed = time.monotonic() - self._entered
        await self.in_thread(usage.note, self.user, usage.Kind.ROOM, seconds=stayed)
        await self.in_thread(stays.note, self.session, self.user, stayed)

    async def _stay_alive(self) -> None:
        """Give signs of life, and notice whoever has stopped giving them."""
        while True:
            await asyncio.sleep(RENEW)
            if self.present:
                await self._try("", None, self._renew)

    async def _renew(self) -> None:
        if await self.room.enter(self.me):
            await self.in_thread(rooms.still_in, self.session.pk)
        self._renewed += 1
        anew = self._renewed % ASKED_ANEW == 0  # whatever should have been told, and wasn't
        if anew:
            await super().gate_check({})
        await self._look()
        await self.renew_ice()
        if anew or self.is_streaming:  # of a stream the number of its listeners is told
            await self.tell_stream()
        if self.told_waiting:  # whose page may have gone without a word
            await self.tell_knocks()

    # From the browser ---------------------------------------------------------------

    async def on_hello(self, frame: Hello) -> None:
        """Come in, once; say again what the room is, however often it is asked."""
        if not self.present:
            await self.room.enter(self.me)
            if not await self._take_over():
                return await self.peer_replaced({})
            self.present = True
            self._entered = time.monotonic()
            await self.in_thread(self._come_in)
            await self._everybody("peer.moved")
        await self._welcome()

    async def _take_over(self) -> bool:
        """Have the person's other connections end; return whether this is the newest of them.

        Everybody enters first and looks then: of two that come at once at least one sees both.
        """
        own = [peer for peer in await self.room.peers() if peer.user_id == self.user.pk]
        newest = max(own, key=lambda peer: (peer.since, peer.peer), default=self.me)
        if newest.peer != self.me.peer:
            return False
        for other in own:
            if other.peer != self.me.peer:
                await self.room.leave(other.peer)
                await self._pass_on(f"peer.{other.peer}", "peer.replaced")
        return True

    def _come_in(self) -> None:
        rooms.still_in(self.session.pk)
        sessions.come_in(self.session, self.user)
        endings.settle(self.session.pk)
        recordings.ask_late(self.session, self.user)
        streams.came_in(self.session, self.user)

    async def _welcome(self) -> None:
        async with self._telling:
            about = await self.in_thread(self._about)
            await self.roster.look()
            about["muted_by_host"] = await self.room.is_muted(self.user.pk)
            about["picture_held"] = await self.room.is_picture_held(self.user.pk)
            about["beat"] = await self.beat_now()
            about["vote"] = await self.vote_now()
            about["turn"] = await self.turn()
            about["stream"] = self.told_stream = await self.stream_now()
            about["track"] = await self.track_now()
            self.welcomed = True
            await self.send_frame(
                t="welcome", you=self.me.peer, peers=list(self.roster.shown.values()), **about
            )
            self.told_waiting = []
            await self.tell_knocks()

    def _about(self) -> dict[str, Any]:
        key = queries.take_in_room(self.viewer, self.session)
        take = queries.recording_for_room(key, self.viewer) if key else None
        self._take, self.roster.take = (key or 0, take["id"]) if take else (0, "")
        seat = self.read_seats()
        self.told_songs = self.song_list()
        return {
            "session": {
                "id": self.session.public_id,
                "title": titles.of_session(self.session, self.session.host),
                "audience": self.session.audience,
                "host": self.roster.mine.is_host,
                **room_queries.door_of(self.session),
            },
            "seat": seat,
            "measures": self.measures(),
            "recording": take,
            **self.said(),
            **self.told_songs,
            **self.about_paths(),
        }

    async def on_clock(self, frame: Clock) -> None:
        at = endings.session_ms(self.session)
        await self.send_frame(t="clock", t0=frame.t0, t1=at, t2=endings.session_ms(self.session))

    async def on_state(self, frame: State) -> None:
        self._must_be_present()
        self.me.muted = frame.muted
        await self.obey(muted=frame.muted)
        await self.obey_picture(shown=frame.picture)
        if (frame.recording or "") != self.me.take:
            self.me.take = await self.in_thread(self._captures, frame.recording)
        await self.room.enter(self.me)
        await self._everybody("peer.moved")

    def _captures(self, recording: str | None) -> str:
        """Return the take that this person's sound is really wanted for, if it is the one named.

        Their own word that they capture is all there is; it makes others believe no more than
        that, and a take that nobody captures for ends.
        """
        wanted = Recording.objects.filter(
            session=self.session, state=Recording.State.RECORDING, public_id=recording or "",
            credit_rows__player=self.user, credit_rows__state=Stem.State.CAPTURING,
        )  # fmt: skip
        return recording if recording and wanted.exists() else ""

    async def on_record_ask(self, frame: RecordAsk) -> None:
        self._must_be_present()
        present = [peer.user_id for peer in await self.room.peers()]
        await self._do_or_refuse(recordings.ask, self.session, self.user, present, frame.title)

    async def on_record_answer(self, frame: RecordAnswer) -> None:
        self._must_be_present()
        recording = await self.in_thread(self._recording, frame.recording)
        await self._do_or_refuse(recordings.answer, recording, self.user, yes=frame.yes)

    async def on_record_stop(self, frame: RecordStop) -> None:
        self._must_be_present()
        recording = await self.in_thread(self._recording, frame.recording)
        await self._do_or_refuse(recordings.stop, recording, self.user.pk)

    def _recording(self, public_id: str) -> Recording:
        """Return a recording of this room that this player was asked for, or refuse."""
        mine = Recording.objects.filter(session=self.session, consents__user=self.user)
        recording = mine.filter(public_id=public_id).first()
        if recording is None or queries.recording_for_room(recording.pk, self.viewer) is None:
            raise Refused("missing", _("There is no such recording."))
        return recording

    # From the others ----------------------------------------------------------------
    #
    # What comes from somebody names them by key alone, and is passed on only where the gate lets
    # this socket's person know of them.

    async def _pass_on(self, group: str, kind: str, **content: Any) -> None:
        about = {"by": self.user.pk, "peer": self.me.peer}
        await self.channel_layer.group_send(group, {"type": kind, **about, **content})

    async def _everybody(self, kind: str, **content: Any) -> None:
        await self._pass_on(self.group, kind, **content)

    async def dispatch(self, message: dict[str, Any]) -> None:
        if message["type"] in {"gate.check", "room.direct"} and self.joined:
            self.roster.forget()  # at once: what comes after it may not be what it was
        await super().dispatch(message)

    def is_quick(self, message: dict[str, Any]) -> bool:
        """Signals between two who know each other wait for nothing."""
        return message["type"] == "peer.signal" and self.roster.knows(
            message["peer"], message["by"]
        )

    async def gate_check(self, event: dict[str, Any]) -> None:
        """Close, or part from those whom a block keeps apart from now on."""
        await super().gate_check(event)
        if self.closing or not self.present:
            return
        await self.in_thread(endings.settle, self.session.pk)  # a take of two who are apart now
        await self._look()
        await self.tell_knocks()
        if self._take:
            await self._tell_recording(self._take)

    async def _look(self) -> None:
        """Tell the client who came, went or changed, of those it may know of."""
        async with self._telling:
            if not self.welcomed:
                return
            changes = await self.roster.look()
            for peer in changes.left:
                await self.send_frame(t="peer.left", peer=peer)
            for about in changes.came:
                await self.send_frame(t="peer.joined", **about)
            for about in changes.changed:
                await self.send_frame(t="state", **state_of(about))

    async def _sender(self, event: dict[str, Any]) -> Face | None:
        """Return who sent something, if this client is in the room and may know of them."""
        if not self.welcomed:
            return None
        if event["peer"] == self.me.peer:
            return self.mine
        person = await self.roster.person(event["by"])
        if person is not None and event["peer"] not in self.roster.shown:
            await self._look()  # they came a moment ago
        return person if event["peer"] in self.roster.shown else None

    async def peer_moved(self, event: dict[str, Any]) -> None:
        await self._look()

    async def peer_replaced(self, event: dict[str, Any]) -> None:
        self.present = self.welcomed = False
        await self.room.leave(self.me.peer)  # a sign of life may have come in between
        await self.close(REPLACED)

    async def recording_changed(self, event: dict[str, Any]) -> None:
        # An older take that is mixed meanwhile is no business of a newer one that runs.
        if self.welcomed and event["recording"] >= self._take:
            await self._tell_recording(event["recording"])

    async def _tell_recording(self, key: int) -> None:
        recording = await self.in_thread(queries.recording_for_room, key, self.viewer)
        async with self._telling:
            if recording is not None:
                self._take, self.roster.take = key, recording["id"]
                await self.send_frame(t="recording", **recording)
            elif key == self._take:  # it is none of theirs any more
                await self.send_frame(t="recording", id=self.roster.take, state="gone")
                self._take, self.roster.take = 0, ""
        await self._look()

    async def room_closed(self, event: dict[str, Any]) -> None:
        await self.close(HIDDEN)
