"""The room's metronome: one tempo for everybody, as a grid of beats on the session's clock.

Browsers play it themselves (`frontend/jam/beat/`). It names nobody, and is kept in Valkey for as
long as somebody is in the room. With an `interval` everybody hears the others that many beats later
(interval mode): then it is a host's to change, or a vote's. Contract: docs/realtime.md.
"""

import math
import uuid
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from foundation import limits
from foundation.sockets import Refused
from sessions_app import room_queries
from sessions_app.frames import Beat, BeatVote
from sessions_app.host_socket import HostConsumer
from sessions_app.services import endings, hosting
from sessions_app.services import recording as recordings

BEGINS_IN = 500  # ms from a start to its first beat: everybody has been told by then
TOLD_BEFORE = 300  # ms before a bar at which it may still be given another tempo
# Seconds of an interval: what is played has to be there before it is heard, and somebody who waits
# for the others' answer shouldn't wait longer.
SHORTEST, LONGEST = 2, 30
VOTE = 45  # seconds for which a vote is open

Grid = dict[str, Any]
Vote = dict[str, Any]


def grid_of(frame: Beat, now: float, before: Grid | None) -> Grid:
    """Return the grid that a frame asks for, with `from` (session ms of the first beat) and `rev`.

    `rev` counts the changes: of two that cross on their way the greater holds. A tempo that is
    changed while it runs begins with the next bar, in interval mode with the next interval, and
    counts nothing in.
    """
    wish: Grid = frame.model_dump()
    wish["accents"] = sorted({accent for accent in frame.accents if accent <= frame.beats})
    wish["rev"] = before["rev"] + 1 if before else 1
    if not frame.on or before is None or not before["on"]:
        return {**wish, "from": now + BEGINS_IN}
    start, unit = _runs_in(before, now, whole_intervals=frame.interval > 0)
    units = max(0, math.ceil((now + TOLD_BEFORE - start) / unit))
    has_begun = units > 0 or start > before["from"]
    counts_in = 0 if has_begun else before["count_in"]
    return {**wish, "count_in": counts_in, "from": start + units * unit}


def _runs_in(grid: Grid, now: float, *, whole_intervals: bool) -> tuple[float, float]:
    """Return from where a grid is counted, and in steps of how many ms: bars or intervals."""
    beat = 60_000 / grid["bpm"]
    bar = grid["beats"] * beat
    counted_in = grid["from"] + grid["count_in"] * bar
    if whole_intervals and grid["interval"] and now + TOLD_BEFORE > counted_in:
        return counted_in, grid["interval"] * beat
    return grid["from"], bar


def check_length(frame: Beat) -> None:
    """Refuse an interval that is too short to be sent in time, or too long to be waited for."""
    seconds = frame.interval * 60 / frame.bpm
    if frame.interval and not SHORTEST <= seconds <= LONGEST:
        said = _(
            "An interval lasts %(least)d to %(most)d seconds: %(n)d beats at %(bpm)d BPM are "
            "%(seconds).1f. Choose other beats or another tempo."
        )
        about = {"n": frame.interval, "bpm": frame.bpm, "seconds": seconds}
        raise Refused("length", said % {"least": SHORTEST, "most": LONGEST, **about})


# Votes: of who is inside, more than half say yes ------------------------------------------------


def opened(frame: Beat, by: int, now: float, before: Vote | None) -> Vote:
    """Return a new vote; refuse while another is open."""
    if before is not None and before["ends_at"] > now:
        seconds = math.ceil((before["ends_at"] - now) / 1000)
        said = _("There is a vote already. It ends in %(n)d seconds.") % {"n": seconds}
        raise Refused("vote_open", said)
    wish = frame.model_dump()
    about = {"id": str(uuid.uuid4()), "beat": wish, "ends_at": now + VOTE * 1000}
    return {**about, "yes": [by], "no": []}


def answered(frame: BeatVote, by: int, now: float, before: Vote | None) -> Vote:
    """Return the vote with somebody's answer, which may change while it is open."""
    if before is None or before["id"] != str(frame.vote) or before["ends_at"] <= now:
        raise Refused("missing", _("That vote is over."))
    sides = {side: [one for one in before[side] if one != by] for side in ("yes", "no")}
    side = "yes" if frame.yes else "no"
    return {**before, **sides, side: [*sides[side], by]}


def outcome(vote: Vote, inside: set[int]) -> bool | None:
    """Return whether a vote has passed; None while it can still do either."""
    yes, no = (len(inside & set(vote[side])) for side in ("yes", "no"))
    if 2 * yes > len(inside):
        return True
    return False if 2 * no >= len(inside) else None


class BeatConsumer(HostConsumer):
    """The part of a room's socket that is about its metronome."""

    told_beat = 0  # `rev` of the grid that this client was told last

    async def on_beat(self, frame: Beat) -> None:
        self._must_be_present()
        check_length(frame)
        if not await self.in_thread(room_queries.may, self.session, self.user.pk, "tempo"):
            raise Refused("refused", _("A host decided that you don't change the beat for now."))
        limits.BEATS.spend(self.user.pk)
        before = await self.room.beat()
        voted = frame.interval > 0 or bool(before and before["on"] and before.get("interval"))
        # Whoever may change the tempo alone doesn't end a vote of all with it.
        if (voted or await self._vote_is_open()) and not await self._hosts():
            await self._open_vote(frame)
        else:
            await self._change_beat(frame)

    async def _vote_is_open(self) -> bool:
        vote = await self.room.vote()
        return vote is not None and vote["ends_at"] > endings.session_ms(self.session)

    async def _hosts(self) -> bool:
        try:
            await self.in_thread(hosting.check_host, self.session, self.user)
        except recordings.Refused:
            return False
        return True

    async def _change_beat(self, frame: Beat) -> None:
        now = endings.session_ms(self.session)
        beat = await self.room.change_beat(partial(grid_of, frame, now))
        if await self.room.end_vote():  # it was about what holds no more
            await self._tell_vote(None)
        await self.channel_layer.group_send(self.group, {"type": "room.beat", "beat": beat})

    async def room_beat(self, event: dict[str, Any]) -> None:
        beat = event["beat"]
        if self.welcomed and beat["rev"] > self.told_beat:
            self.told_beat = beat["rev"]
            await self.send_frame(t="beat", **_public(beat))

    async def beat_now(self) -> Grid | None:
        """Return the grid as `welcome` tells it; null while there was none."""
        beat = await self.room.beat()
        self.told_beat = beat["rev"] if beat else 0
        return _public(beat) if beat else None

    # Votes ------------------------------------------------------------------------------------

    async def _inside(self) -> set[int]:
        return {peer.user_id for peer in await self.room.peers()}

    async def _open_vote(self, frame: Beat) -> None:
        limits.BEAT_VOTES.spend(self.user.pk)
        now = endings.session_ms(self.session)
        vote = await self.room.change_vote(partial(opened, frame, self.user.pk, now), VOTE)
        await self._count(vote)

    async def on_beat_vote(self, frame: BeatVote) -> None:
        self._must_be_present()
        now = endings.session_ms(self.session)
        answer = partial(answered, frame, self.user.pk, now)
        await self._count(await self.room.change_vote(answer, VOTE))

    async def _count(self, vote: Vote) -> None:
        result = outcome(vote, await self._inside())
        if result is None:
            await self._tell_vote(vote)
        elif await self.room.end_vote():  # of two who count at once one does what follows
            if result:
                await self._change_beat(Beat(**vote["beat"]))
            await self._tell_vote(None)

    async def _tell_vote(self, vote: Vote | None) -> None:
        await self.channel_layer.group_send(self.group, {"type": "room.vote", "vote": vote})

    async def room_vote(self, event: dict[str, Any]) -> None:
        if self.welcomed:
            await self.send_frame(t="beat.vote", vote=await self._public_vote(event["vote"]))

    async def vote_now(self) -> Vote | None:
        """Return the open vote as `welcome` tells it; null without one."""
        return await self._public_vote(await self.room.vote())

    async def _public_vote(self, vote: Vote | None) -> Vote | None:
        """Return what this client is told of a vote: counts, and its own answer; never who."""
        if vote is None or vote["ends_at"] <= endings.session_ms(self.session):
            return None
        inside = await self.roster.known(await self._inside())
        mine = self.user.pk in vote["yes"] or (False if self.user.pk in vote["no"] else None)
        counts = {"yes": len(inside & set(vote["yes"])), "of": len(inside)}
        told = {key: vote[key] for key in ("id", "beat", "ends_at")}
        return {**told, **counts, "mine": mine}


def _public(beat: Grid) -> Grid:
    return {"interval": 0, **{key: value for key, value in beat.items() if key != "rev"}}
