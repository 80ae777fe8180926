from sessions_app.models.addresses import DirectAnswer, DirectChoice
from sessions_app.models.hosting import Knock, Removal
from sessions_app.models.latency import Latency
from sessions_app.models.planning import CalendarFeed, Rsvp
from sessions_app.models.recordings import (
    Credit,
    Mix,
    Recording,
    RecordingConsent,
    Stem,
    StemChunk,
)
from sessions_app.models.sessions import ChatLine, Invite, JamSession, Participant
from sessions_app.models.sfu import SfuRoom, SfuStay
from sessions_app.models.sheets import Sheet, SheetLine
from sessions_app.models.streaming import StreamConsent

__all__ = [
    "CalendarFeed",
    "ChatLine",
    "Credit",
    "DirectAnswer",
    "DirectChoice",
    "Invite",
    "JamSession",
    "Knock",
    "Latency",
    "Mix",
    "Participant",
    "Recording",
    "RecordingConsent",
    "Removal",
    "Rsvp",
    "SfuRoom",
    "SfuStay",
    "Sheet",
    "SheetLine",
    "Stem",
    "StemChunk",
    "StreamConsent",
]
