"""The frames that a room's socket takes, with fields and bounds. Contract: docs/realtime.md."""

from typing import Annotated, Any

from pydantic import Field

from foundation.frames import Frame, Milliseconds, PublicId, Ref, at_most, words

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
    """`recording`: the take that this browser captures for now, if any."""

    t = "state"
    muted: bool
    recording: PublicId | None = None


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


BeatNumber = Annotated[int, Field(ge=1, le=12)]


class Beat(Frame):
    """The metronome that is wanted. `bpm`: beats a minute; `beats`: of a bar; `accents`: those that
    are stressed; `count_in`: bars before the first."""

    t = "beat"
    on: bool
    bpm: Annotated[int, Field(ge=30, le=300)]
    beats: BeatNumber
    accents: Annotated[list[BeatNumber], Field(max_length=12)] = [1]
    count_in: Annotated[int, Field(ge=0, le=2)] = 0


class Measured(Frame):
    """`round_trip_ms`: how long a message took to somebody in the room and back."""

    t = "measured"
    peer: PublicId
    round_trip_ms: Annotated[float, Field(ge=0, le=60_000)]


class HostDoor(Frame):
    """`locked`: whether nobody takes a new seat; `asks_first`: whether hosts let people in."""

    t = "host.door"
    locked: bool
    asks_first: bool


class HostRole(Frame):
    """`co_host`: whether the person is a co-host from now on, or a player."""

    t = "host.role"
    user: PublicId
    co_host: bool


class HostRights(Frame):
    """What a person may do in the room: write, ask to record, invite others."""

    t = "host.rights"
    user: PublicId
    chat: bool
    record: bool
    invite: bool


class HostOffer(Frame):
    """`user`: who is asked to take the session over."""

    t = "host.offer"
    user: PublicId


class HostTurn(Frame):
    """`user`: whose turn it is for so many seconds; nobody's, without one."""

    t = "host.turn"
    user: PublicId | None
    seconds: Annotated[int, Field(ge=5, le=600)] = 30


class HostTake(Frame):
    """The answer of who is asked to take the session over."""

    t = "host.take"
    yes: bool


class KnockAnswer(Frame):
    """`user`: who waits to be let in."""

    t = "knock.answer"
    user: PublicId
    admit: bool


class HostMute(Frame):
    """`user`: who is muted for everybody, or no longer."""

    t = "host.mute"
    user: PublicId
    muted: bool


class HostRemove(Frame):
    """`user`: the person to be taken out of the session, by their public id."""

    t = "host.remove"
    user: PublicId
