"""What an uploaded file really is, by its content and never by its name."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av

from .decode import LOSSLESS, decode_frames, open_audio
from .errors import NotAudio

FRAMES_TRIED = 5


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What the content says.

    ``duration_ms`` is the header's claim (None if it makes none). ``tags`` are the names of tags
    found, not their values: a file with tags may tell more about its maker than they know.
    ``pictures`` counts cover images.
    """

    container: str
    codec: str
    sample_rate: int
    channels: int
    duration_ms: float | None
    lossless: bool
    tags: tuple[str, ...]
    pictures: int


def probe_audio(path: Path) -> AudioInfo:
    """Read the header and decode the first frames of ``path``.

    Raises `NotAudio` when the content is of no accepted kind, holds moving pictures or more than
    one sound, has an impossible rate, or its first frames can't be decoded; `OSError` when it can't
    be read.
    """
    with open_audio(path) as container:
        if len(container.streams.audio) > 1:
            raise NotAudio("there is more than one audio stream")
        pictures = 0
        for video in container.streams.video:
            if not video.disposition & av.stream.Disposition.attached_pic:
                raise NotAudio("there are moving pictures")
            pictures += 1
        stream = container.streams.audio[0]
        context = stream.codec_context
        if not any(frame.samples for frame in islice(decode_frames(container), FRAMES_TRIED)):
            raise NotAudio("there is no sound in it")
        duration = None
        if stream.duration and stream.time_base:
            duration = float(stream.duration * stream.time_base * 1000)
        elif container.duration:
            duration = container.duration / 1000  # AV_TIME_BASE is microseconds
        return AudioInfo(
            container=container.format.name.split(",")[0],
            codec=context.name,
            sample_rate=context.sample_rate,
            channels=context.layout.nb_channels,
            duration_ms=duration,
            lossless=context.name.startswith(LOSSLESS),
            tags=tuple(sorted({*container.metadata, *stream.metadata})),
            pictures=pictures,
        )
