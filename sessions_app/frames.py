"""The frames that a room's socket takes, with fields and bounds. Contract: docs/realtime.md."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from foundation import limits
from foundation.frames import Frame, Milliseconds, Moment, PublicId, Ref, at_most, words
from sessions_app.models.planning import FASTEST, SLOWEST
from sessions_app.models.sessions import LARGE_SEATS
from sessions_app.vocabulary import Key

MAX_SIGNAL = 64 * 1024
MAX_CHAT = 2000
MAX_TITLE = 80
MAX_LINE = 400


class Hello(Frame):
    """`caps`: what the browser can do; noted by the other side's engine, not here."""

    t = "hello"
    caps: Annotated[dict[Annotated[str, Field(max_length=40)], bool], Field(max_length=20)] = {}


class Signal(Frame):
    t = "signal"
    quick = True
    to: PublicId
    data: Annotated[dict[str, Any], at_most(MAX_SIGNAL)]


class Sfu(Frame):
    """Asks for a way into the room at the media server. `publishes`: whether one will be heard."""

    t = "sfu"
    publishes: bool


class Clock(Frame):
    t = "clock"
    quick = True
    t0: Milliseconds


class Chat(Frame):
    t = "chat"
    ref: Ref
    text: Annotated[str, words(MAX_CHAT)]


class ChatEarlier(Frame):
    """What was said before a line (`before`, said `at`): the page of lines before it."""

    t = "chat.earlier"
    before: PublicId
    at: Moment
    ref: Ref


class ChatDelete(Frame):
    """`id`: a line of one's own, which goes for everybody."""

    t = "chat.delete"
    id: PublicId
    ref: Ref


class State(Frame):
    """`recording`: the take that this browser captures for now, if any; `picture`: whether it sends
    one of a camera or screen."""

    t = "state"
    muted: bool
    recording: PublicId | None = None
    picture: bool = False


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


Tempo = Annotated[int, Field(ge=SLOWEST, le=FASTEST)]  # beats per minute
BeatNumber = Annotated[int, Field(ge=1, le=12)]


class Beat(Frame):
    """The metronome that is wanted. `bpm`: beats a minute; `beats`: of a bar; `accents`: those that
    are stressed; `count_in`: bars before the first; `interval`: beats by which everybody hears the
    others later (interval mode), 0 for live."""

    t = "beat"
    on: bool
    bpm: Tempo
    beats: BeatNumber
    accents: Annotated[list[BeatNumber], Field(max_length=12)] = [1]
    count_in: Annotated[int, Field(ge=0, le=2)] = 0
    interval: Annotated[int, Field(ge=0, le=64)] = 0


class BeatVote(Frame):
    """`vote`: the id of the vote that is open; `yes`: whether its beat shall hold."""

    t = "beat.vote"
    vote: PublicId
    yes: bool


Place = Annotated[float, Field(ge=0, le=limits.TRACK_SECONDS * 1000)]  # ms of a track's sound


def _rising(loop: list[float]) -> list[float]:
    if loop[0] >= loop[1]:
        raise ValueError("a loop ends after it begins")
    return loop


class Track(Frame):
    """The backing track that is wanted; none without a `recording`.

    `stems`: those of its stems that sound, else its mix; `position`: where it goes on, else where
    it is; `tempo`: percent of its own; `pitch`: semitones that it is moved by; `loop`: from and to.
    """

    t = "track"
    recording: PublicId | None
    stems: Annotated[list[PublicId], Field(max_length=limits.TRACK_STEMS)] = []
    playing: bool = False
    position: Place | None = None
    tempo: Annotated[int, Field(ge=50, le=150)] = 100
    pitch: Annotated[int, Field(ge=-12, le=12)] = 0
    loop: (
        Annotated[list[Place], Field(min_length=2, max_length=2), AfterValidator(_rising)] | None
    ) = None


class DirectAnswer(Frame):
    """`users`: those who may, or may no longer, be connected with the sender directly."""

    t = "direct.answer"
    users: Annotated[list[PublicId], Field(min_length=1, max_length=LARGE_SEATS)]
    yes: bool


class DirectKnown(Frame):
    """`on`: whether the sender goes direct with people they know, without being asked."""

    t = "direct.known"
    on: bool


class StreamAllow(Frame):
    """`on`: whether the session may have listeners."""

    t = "stream.allow"
    on: bool


class StreamAnswer(Frame):
    """`yes`: whether listeners may hear the sender of this."""

    t = "stream.answer"
    yes: bool


class StreamSend(Frame):
    """`on`: whether the stream for listeners is sent from here, or ends."""

    t = "stream.send"
    on: bool


class StreamMix(Frame):
    """How listeners hear somebody. `volume`: 0 to 1.5; `pan`: −1 (left) to 1."""

    t = "stream.mix"
    user: PublicId
    volume: Annotated[float, Field(ge=0, le=1.5)]
    pan: Annotated[float, Field(ge=-1, le=1)]
    muted: bool


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
    """What a person may do in the room: write, ask to record, change the beat, invite others."""

    t = "host.rights"
    user: PublicId
    chat: bool
    record: bool
    tempo: bool
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


class HostPicture(Frame):
    """`user`: whose camera and screen are turned off for everybody, or no longer (`held`)."""

    t = "host.picture"
    user: PublicId
    held: bool


class HostRemove(Frame):
    """`user`: the person to be taken out of the session, by their public id."""

    t = "host.remove"
    user: PublicId


# Set list, charts and notes. `ref` of a line is its id, given by who writes it first.

Title = Annotated[str, words(MAX_TITLE)]


def _key(value: str) -> str:
    if value and value not in Key.values:
        raise ValueError("there is no such key")
    return value


KeySlug = Annotated[str, Field(max_length=20), AfterValidator(_key)]
Version = Annotated[int, Field(ge=0, le=2**31 - 2)]


class SongAdd(Frame):
    """A song for the end of the set list; `key`: one of the vocabulary's, or empty."""

    t = "song.add"
    ref: Ref
    title: Title
    key: KeySlug = ""
    tempo: Tempo | None = None


class SongChange(Frame):
    """`version`: of the song as it was read."""

    t = "song.change"
    ref: Ref
    song: PublicId
    version: Version
    title: Title
    key: KeySlug = ""
    tempo: Tempo | None = None


class SongMove(Frame):
    """`after`: the song that it is to stand behind; without one it is the first."""

    t = "song.move"
    ref: Ref
    song: PublicId
    after: PublicId | None


class SongPlay(Frame):
    """`song`: the one that is played now, or none."""

    t = "song.play"
    ref: Ref
    song: PublicId | None


class SongRemove(Frame):
    t = "song.remove"
    ref: Ref
    song: PublicId


class SheetOpen(Frame):
    """A song's chart, or the notes: answered by its lines, and by each change from then on."""

    t = "sheet.open"
    sheet: PublicId


class LinePut(Frame):
    """`version`: of the line as it was read, 0 of a new one; `after`: a new one's place."""

    t = "line.put"
    ref: Ref
    sheet: PublicId
    version: Version
    text: Annotated[str, words(MAX_LINE, least=0)]
    after: Ref | None = None


class LineCut(Frame):
    t = "line.cut"
    ref: Ref
    sheet: PublicId
    version: Version
