"""Sound files: stems are assembled, placed on the session clock, mixed, drawn and checked.

Pure Python over PyAV and numpy: nothing here knows Django, the database or who may hear what.
Arrays are ``(frames, channels)`` unless a docstring says otherwise; times are session-clock
milliseconds (docs/realtime.md); gains are linear; levels in dB are relative to full scale.
"""

from .check import AudioInfo, probe_audio
from .clock import ClockFit, fit_clock
from .errors import (
    AudioError,
    BadChunk,
    EmptyStem,
    FalseClock,
    MixTooLong,
    NoClock,
    NotAudio,
    NothingToMix,
    UnreadableStem,
)
from .mix import MixResult, MixStem, render
from .peaks import peaks
from .stem import StemInfo, assemble, remake

__all__ = [
    "AudioError",
    "AudioInfo",
    "BadChunk",
    "ClockFit",
    "EmptyStem",
    "FalseClock",
    "MixResult",
    "MixStem",
    "MixTooLong",
    "NoClock",
    "NotAudio",
    "NothingToMix",
    "StemInfo",
    "UnreadableStem",
    "assemble",
    "fit_clock",
    "peaks",
    "probe_audio",
    "remake",
    "render",
]
