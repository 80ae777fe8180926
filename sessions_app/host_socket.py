"""What a session's hosts do from inside its room. Contract: docs/realtime.md."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from foundation.sockets import GatedConsumer, Refused
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.frames import HostDoor, HostRemove
from sessions_app.models import JamSession
from sessions_app.services import hosting
from sessions_app.services import recording as recordings

REMOVED = 4403  # a host took this person's seat away; said to nobody else


class HostConsumer(GatedConsumer):
    """The part of a room's socket that is about who is in the room; `JamConsumer` is the rest."""

    session: JamSession
    user: User
    viewer: Viewer
    present: bool
    welcomed: bool

    def _must_be_present(self) -> None:
        if not self.present:
            raise Refused("absent", _("You aren't in the room yet: “hello” comes first."))

    async def _do_or_refuse(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        try:
            await self.in_thread(service, *args, **kwargs)
        except recordings.Refused as reason:
            raise Refused("refused", str(reason)) from None

    def _seated(self, public_id: str) -> User:
        """Return somebody with a seat here of whom this socket's person may know, or refuse."""
        person = queries.seated(self.viewer, self.session, public_id)
        if person is None:
            raise Refused("missing", _("There is no such person in this session."))
        return person

    async def on_host_remove(self, frame: HostRemove) -> None:
        self._must_be_present()
        person = await self.in_thread(self._seated, frame.user)
        await self._do_or_refuse(hosting.remove, self.session, self.user, person)

    async def on_host_door(self, frame: HostDoor) -> None:
        self._must_be_present()
        await self._do_or_refuse(hosting.lock, self.session, self.user, locked=frame.locked)

    async def room_door(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.send_frame(t="door", **await self.in_thread(queries.door_of, self.session))

    async def room_removed(self, event: dict[str, Any]) -> None:
        if event["user"] == self.user.pk:
            await self.close(REMOVED)
