"""Larger rooms: the way into the media server, and nothing from browser to browser.

In such a room no address of a player passes to another: the sound of all goes through the server.
Contract: docs/realtime.md.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.sockets import Refused
from integrations import livekit
from sessions_app.direct_socket import DirectConsumer
from sessions_app.frames import DirectAnswer, HostMute, Sfu, Signal
from sessions_app.roster import Known
from sessions_app.services import sfu


class SfuConsumer(DirectConsumer):
    """The part of a room's socket that is about the media server of a larger room."""

    def about_paths(self) -> dict[str, Any]:
        if not self.session.is_large:
            return super().about_paths()
        return {"ice": [], "policy": "relay", "direct": None, "sfu": settings.LIVEKIT_REGION}

    async def renew_ice(self) -> None:
        if not self.session.is_large:
            await super().renew_ice()

    def _seated_and_met(self, people: list[int]) -> Known:
        met, paths = super()._seated_and_met(people)
        return met, {} if self.session.is_large else paths

    async def on_signal(self, frame: Signal) -> None:
        self._only_direct()
        await super().on_signal(frame)

    async def on_direct_answer(self, frame: DirectAnswer) -> None:
        self._only_direct()
        await super().on_direct_answer(frame)

    def _only_direct(self) -> None:
        if self.session.is_large:
            said = _("In this room all sound goes through the site's media server.")
            raise Refused("refused", said)

    async def on_sfu(self, frame: Sfu) -> None:
        """Answer with the server's address and a token, and tell the others whose sound it is."""
        self._must_be_present()
        way_in = await self._do_or_refuse(self._enter, frame.publishes)
        if self.me.sfu != way_in.identity:
            self.me.sfu = way_in.identity
            await self.room.enter(self.me)
            await self._pass_on(self.group, "peer.moved")
        await self.send_frame(t="sfu", url=way_in.url, token=way_in.token, identity=way_in.identity)

    def _enter(self, publishes: bool) -> sfu.WayIn:
        try:
            return sfu.enter(self.session, self.user, publishes=publishes)
        except livekit.Unreachable:
            said = _("The media server of this room can't be reached. We try again.")
            raise Refused("away", said) from None

    async def on_host_mute(self, frame: HostMute) -> None:
        await super().on_host_mute(frame)
        if frame.muted and self.session.is_large:
            person = await self.in_thread(self._seated, frame.user)
            await self.in_thread(sfu.mute, self.session, person.pk)

    def left_sfu(self) -> None:
        """Have it looked at now whether this person may still be in: the gate may say no."""
        if self.me.sfu:
            sfu.look(self.session, self.user.pk)
