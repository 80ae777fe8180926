"""What a session's hosts do from inside its room. Contract: docs/realtime.md."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.profile.faces import Faces
from foundation.sockets import GatedConsumer, Refused
from privacy.gate.viewer import Viewer
from sessions_app import room_queries
from sessions_app.frames import (
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
)
from sessions_app.models import JamSession
from sessions_app.presence import Room
from sessions_app.roster import Roster
from sessions_app.services import endings, hosting, passing, waiting
from sessions_app.services import recording as recordings

REMOVED = 4403  # a host took this person's seat away; said to nobody else


class HostConsumer(GatedConsumer):
    """The part of a room's socket that is about who is in the room; `JamConsumer` is the rest."""

    session: JamSession
    user: User
    viewer: Viewer
    room: Room
    group: str
    present: bool
    welcomed: bool
    roster: Roster
    told_waiting: list[str]  # public ids of those whom this client was told to wait

    def _must_be_present(self) -> None:
        if not self.present:
            raise Refused("absent", _("You aren't in the room yet: “hello” comes first."))

    async def _do_or_refuse(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return await self.in_thread(service, *args, **kwargs)
        except recordings.Refused as reason:
            raise Refused("refused", str(reason)) from None

    def _seated(self, public_id: str) -> User:
        """Return somebody with a seat here of whom this socket's person may know, or refuse."""
        person = room_queries.seated(self.viewer, self.session, public_id)
        if person is None:
            raise Refused("missing", _("There is no such person in this session."))
        return person

    async def on_host_remove(self, frame: HostRemove) -> None:
        self._must_be_present()
        person = await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(hosting.remove, self.session, self.user, person)

    async def on_host_door(self, frame: HostDoor) -> None:
        self._must_be_present()
        about = (self.session, self.user)
        await self._do_or_refuse(hosting.lock, *about, locked=frame.locked)
        await self._do_or_refuse(hosting.ask_first, *about, asks=frame.asks_first)

    async def room_door(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.send_frame(
                t="door", **await self.in_thread(room_queries.door_of, self.session)
            )

    # Co-hosts, rights, passing on -----------------------------------------------------------

    def read_seats(self) -> dict[str, Any]:
        """Take in who is what here, and return what this client is told of itself."""
        self.roster.seats, offered = room_queries.seats_in(self.session)
        mine = self.roster.mine
        return {"role": mine.role, "rights": mine.rights, "offered": offered == self.user.pk}

    async def room_seats(self, event: dict[str, Any]) -> None:
        if not self.welcomed:
            return
        await self.send_frame(t="seat", **await self.in_thread(self.read_seats))
        await self._look()
        await self.tell_knocks()

    async def on_host_role(self, frame: HostRole) -> None:
        self._must_be_present()
        about = self.session, self.user, await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(passing.set_role, *about, co_host=frame.co_host)

    async def on_host_rights(self, frame: HostRights) -> None:
        self._must_be_present()
        about = self.session, self.user, await self.in_thread(self._seated, frame.user)
        rights = {right: getattr(frame, right) for right in room_queries.RIGHTS}
        await self._do_or_refuse(passing.set_rights, *about, **rights)

    async def on_host_offer(self, frame: HostOffer) -> None:
        self._must_be_present()
        about = self.session, self.user, await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(passing.offer, *about)

    async def on_host_take(self, frame: HostTake) -> None:
        self._must_be_present()
        await self._do_or_refuse(passing.answer, self.session, self.user, yes=frame.yes)

    # Turns: shown, and nothing is muted for them --------------------------------------------

    async def turn(self) -> dict[str, Any]:
        """Return whose turn it is, as far as this socket's person may know them."""
        noted = await self.room.turn()
        if noted is not None and noted[1] <= endings.session_ms(self.session):
            noted = None  # it is over
        user = await self._public_id(noted[0]) if noted is not None else None
        if noted is None or user is None:
            return {"user": None, "until": None, "yours": False}
        return {"user": user, "until": noted[1], "yours": noted[0] == self.user.pk}

    async def _public_id(self, key: int) -> str | None:
        person = self.user if key == self.user.pk else await self.roster.person(key)
        return str(person.public_id) if person is not None else None

    async def on_host_turn(self, frame: HostTurn) -> None:
        self._must_be_present()
        await self._do_or_refuse(hosting.check_host, self.session, self.user)
        if frame.user is None:
            await self.room.end_turn()
        else:
            person = await self.in_thread(self._seated, frame.user)
            until = endings.session_ms(self.session) + frame.seconds * 1000
            await self.room.give_turn(person.pk, until)
        await self.channel_layer.group_send(self.group, {"type": "room.turn"})

    async def room_turn(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.send_frame(t="turn", **await self.turn())

    # Muting for everybody -------------------------------------------------------------------
    #
    # A mute is asked of the person's own client, which is told; the others' clients play nothing
    # of them until it has obeyed and its person has unmuted, or a host lifts it.

    obeyed = False  # whether this client said that it is muted since a host's mute holds

    async def _look(self) -> None:
        raise NotImplementedError

    async def on_host_mute(self, frame: HostMute) -> None:
        self._must_be_present()
        person = await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(hosting.check_mute, self.session, self.user, person)
        if await self.room.mute(person.pk, muted=frame.muted):
            about = {"user": person.pk, "muted": frame.muted}
            await self.channel_layer.group_send(self.group, {"type": "room.muted", **about})

    async def room_muted(self, event: dict[str, Any]) -> None:
        if self.welcomed and event["user"] == self.user.pk:
            self.obeyed = False
            await self.send_frame(t="muted", by_host=event["muted"])
        await self._look()

    async def obey(self, *, muted: bool) -> None:
        """Take in what the client says of its own mute: unmuting by hand ends a host's mute."""
        if self.obeyed and not muted:
            await self.room.mute(self.user.pk, muted=False)
        self.obeyed = muted

    # Turning a picture off for everybody: as muting is ---------------------------------------

    picture_obeyed = False  # whether this client said that it sends none since a host held it

    async def on_host_picture(self, frame: HostPicture) -> None:
        self._must_be_present()
        person = await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(hosting.check_picture, self.session, self.user, person)
        if await self.room.hold_picture(person.pk, held=frame.held):
            about = {"user": person.pk, "held": frame.held}
            await self.channel_layer.group_send(self.group, {"type": "room.picture", **about})

    async def room_picture(self, event: dict[str, Any]) -> None:
        if self.welcomed and event["user"] == self.user.pk:
            self.picture_obeyed = False
            await self.send_frame(t="picture", held=event["held"])
        await self._look()

    async def obey_picture(self, *, shown: bool) -> None:
        """Take in whether the client sends a picture: turning it on by hand ends a host's word."""
        if self.picture_obeyed and shown:
            await self.room.hold_picture(self.user.pk, held=False)
        self.picture_obeyed = not shown

    # Who waits to be let in -----------------------------------------------------------------

    def _who_waits(self) -> list[dict[str, Any]] | None:
        """Return who waits, as frames show people, to a host; None to everybody else."""
        if not self.roster.mine.is_host:
            return None
        faces = Faces(self.viewer)
        rows = [
            (row, faces.of(row.user)) for row in room_queries.knocks(self.viewer, self.session.pk)
        ]
        return [
            {
                "user": face.public_id,
                "name": face.username,
                "shown": face.name,
                "photo": face.photo_url,
                "instrument": face.instrument,
                "since": row.created_at.isoformat(),
            }
            for row, face in rows
        ]

    async def tell_knocks(self) -> None:
        """Tell a host's client who waits, where it is not what it was told last."""
        waiting_now = await self.in_thread(self._who_waits)
        who = [one["user"] for one in waiting_now or ()]
        if who != self.told_waiting and not (waiting_now is None and not self.told_waiting):
            self.told_waiting = who
            await self.send_frame(t="knocks", waiting=waiting_now or [])

    async def room_knocks(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.tell_knocks()

    async def on_knock_answer(self, frame: KnockAnswer) -> None:
        self._must_be_present()
        person = await self.in_thread(self._waits, frame.user)
        act = waiting.admit if frame.admit else waiting.decline
        await self._do_or_refuse(act, self.session, self.user, person)

    def _waits(self, public_id: str) -> User:
        rows = room_queries.knocks(self.viewer, self.session.pk)
        row = rows.select_related("user").filter(user__public_id=public_id).first()
        if row is None:
            raise Refused("missing", _("This person doesn't wait any more."))
        return row.user

    async def room_removed(self, event: dict[str, Any]) -> None:
        if event["user"] == self.user.pk:
            await self.close(REMOVED)
            return
        self.roster.forget()  # nobody shows them any more, whether their socket has heard of it
        await self._look()
