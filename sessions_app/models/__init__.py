from sessions_app.models.hosting import Knock, Removal
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
    "ChatLine",
    "Credit",
    "Invite",
    "JamSession",
    "Knock",
    "Mix",
    "Participant",
    "Recording",
    "RecordingConsent",
    "Removal",
    "Stem",
    "StemChunk",
]
