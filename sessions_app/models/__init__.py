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

__all__ = [
    "CalendarFeed",
    "ChatLine",
    "Credit",
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
    "Stem",
    "StemChunk",
]
