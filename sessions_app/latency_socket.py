"""What a room's browsers measure between two people. Contract: docs/realtime.md."""

from django.utils.translation import gettext as _

from foundation.sockets import Refused
from sessions_app.beat import BeatConsumer
from sessions_app.frames import Measured
from sessions_app.services import latency


class LatencyConsumer(BeatConsumer):
    """The part of a room's socket that keeps, for who agreed, how well sound gets to others."""

    async def on_measured(self, frame: Measured) -> None:
        self._must_be_present()
        about = self.roster.shown.get(frame.peer)
        if about is None:  # they left, or are behind a deny rule
            raise Refused("missing", _("There is no such person in this session."))
        partner = await self.in_thread(self._seated, about["user"])
        await self.in_thread(latency.note, self.user, partner, frame.round_trip_ms)

    def measures(self) -> bool:
        """Return whether this client is to measure: its person agreed to it."""
        return latency.is_kept_of(self.user)
