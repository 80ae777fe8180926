"""Signals between two players, and whether they may hold addresses. Contract: docs/realtime.md.

The server decides for each pair whether it is direct: both agreed. Everything else goes through the
relay, and what passes between those two holds no address but the relay's. Both ends' sockets hold
to that, each by what it knows: what one of the two takes back passes neither from nor to them.
"""

import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.profile.faces import Face
from foundation.sockets import Refused
from integrations import turn
from sessions_app import direct_queries, room_queries, signalling
from sessions_app.beat import BeatConsumer
from sessions_app.frames import DirectAnswer, DirectKnown, Signal
from sessions_app.presence import Peer
from sessions_app.queries import met_in_room
from sessions_app.roster import Known
from sessions_app.services import direct


class DirectConsumer(BeatConsumer):
    """The part of a room's socket that is about the paths between its players."""

    me: Peer
    ice_ends = 0.0  # when the credentials that this client has run out

    # Who is how connected with whom ---------------------------------------------------------

    async def _ask_gate(self, people: list[int]) -> Known:
        """Return the faces of those with a seat here of whom this socket's person may know.

        And how this person stands with each of them, while there is a relay.
        """
        known: Known = await self.in_thread(self._seated_and_met, people)
        return known

    def _seated_and_met(self, people: list[int]) -> Known:
        met = met_in_room(self.viewer, room_queries.seated_among(self.session, people))
        if not settings.TURN_URLS:
            return met, {}
        return met, direct_queries.paths(self.user, self.session, met)

    def about_paths(self) -> dict[str, Any]:
        """Return what `welcome` says of them. Asks the database."""
        servers, policy = turn.ice_servers(self.me.peer, self.user.pk)
        self.ice_ends = time.monotonic() + turn.LIFETIME
        return {"ice": servers, "policy": policy, "direct": self._choice()}

    def _choice(self) -> dict[str, bool] | None:
        if not settings.TURN_URLS or not direct_queries.may_go_direct(self.user):
            return None
        return {"known": direct_queries.goes_direct(self.user)}

    async def renew_ice(self) -> None:
        """Give this client fresh credentials when half of the time of its old ones is over."""
        left = self.ice_ends - time.monotonic()
        if settings.TURN_URLS and self.welcomed and left < turn.LIFETIME / 2:
            about = await self.in_thread(self.about_paths)
            await self.send_frame(t="ice", servers=about["ice"])

    async def on_direct_answer(self, frame: DirectAnswer) -> None:
        self._must_be_present()
        people = await self.in_thread(self._seated_all, frame.users)
        await self._do_or_refuse(direct.answer, self.session, self.user, people, yes=frame.yes)
        self.roster.forget()  # here at once: the word to all may take a while
        await self._look()

    def _seated_all(self, public_ids: list[str]) -> list[User]:
        return [self._seated(public_id) for public_id in dict.fromkeys(public_ids)]

    async def on_direct_known(self, frame: DirectKnown) -> None:
        self._must_be_present()
        await self._do_or_refuse(direct.choose, self.user, known=frame.on, session=self.session)
        self.roster.forget()
        await self._look()
        await self.send_frame(t="direct", **(await self.in_thread(self._choice) or {}))

    async def room_direct(self, event: dict[str, Any]) -> None:
        await self._look()

    # Signals --------------------------------------------------------------------------------

    async def _pass_on(self, group: str, kind: str, **content: Any) -> None:
        raise NotImplementedError

    async def _sender(self, event: dict[str, Any]) -> Face | None:
        raise NotImplementedError

    async def on_signal(self, frame: Signal) -> None:
        self._must_be_present()
        if frame.to not in self.roster.shown:
            return  # they left, or are behind a deny rule: no answer
        if settings.TURN_URLS:
            await self.roster.refresh(frame.to)
        data: dict[str, Any] | None = frame.data
        clean = not self.roster.is_direct(frame.to)
        if clean:
            try:
                data = signalling.without_addresses(frame.data, settings.TURN_ADDRESSES)
            except signalling.Unfit:
                raise Refused("refused", _("That can't pass through the relay.")) from None
            if data is None:
                said = _("An address can't be shown to somebody you meet through the relay.")
                raise Refused("refused", said)
        await self._pass_on(f"peer.{frame.to}", "peer.signal", data=data, clean=clean)

    async def peer_signal(self, event: dict[str, Any]) -> None:
        if await self._sender(event) is None:
            return
        data: dict[str, Any] | None = event["data"]
        if not event["clean"] and not self.roster.is_direct(event["peer"]):
            try:
                data = signalling.without_addresses(event["data"], settings.TURN_ADDRESSES)
            except signalling.Unfit:
                return
        if data is not None:
            await self.send_frame(t="signal", data=data, **{"from": event["peer"]})
