"""Opening and decoding sound files whose names and headers are not to be trusted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from .errors import NotAudio

Samples = npt.NDArray[np.float32]  # (frames, channels), full scale is 1.0

# FFmpeg probes by itself too well: a text file may be a playlist that opens other files and hosts.
# So the first bytes choose the demuxer, and everything else is switched off.
MAGIC_BYTES = 12
MIN_RATE, MAX_RATE = 8_000, 192_000  # Hz
CODECS = {"flac", "alac", "aac", "mp3", "mp3float", "opus", "libopus", "vorbis"} | {
    f"pcm_{kind}"
    for kind in ("u8", "s8", "s16le", "s24le", "s32le", "f32le", "f64le", "s16be", "s24be", "s32be")
}
# What numpy reads as it is, and the scale that makes it ±1.
DIRECT: dict[str, tuple[npt.DTypeLike, float]] = {
    "s16": (np.int16, 2.0**-15),
    "s32": (np.int32, 2.0**-31),
    "flt": (np.float32, 1.0),
}


LOSSLESS = ("flac", "alac", "pcm_")


def demuxer_of(head: bytes) -> str | None:
    """FFmpeg's name of the container that ``head`` (the first 12 bytes) begins, or None."""
    return next((name for name, begins in BEGINNINGS if begins(head)), None)


def _is_mp3_sync(head: bytes) -> bool:
    """MPEG audio layer III frame header: 11 sync bits, layer bits 01."""
    return len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2


# How each container begins, in the order they are tried.
BEGINNINGS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("flac", lambda head: head.startswith(b"fLaC")),
    ("wav", lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"),
    ("ogg", lambda head: head.startswith(b"OggS")),
    ("mov", lambda head: head[4:8] == b"ftyp"),
    ("aiff", lambda head: head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")),
    ("matroska", lambda head: head.startswith(b"\x1a\x45\xdf\xa3")),
    ("mp3", lambda head: head.startswith(b"ID3") or _is_mp3_sync(head)),
    ("aac", lambda head: head[:2] in (b"\xff\xf1", b"\xff\xf9")),
)


def open_audio(path: Path) -> InputContainer:
    """Open ``path`` by its first bytes. Raises `NotAudio`; an absent file is an `OSError`."""
    with path.open("rb") as file:
        demuxer = demuxer_of(file.read(MAGIC_BYTES))
    if demuxer is None:
        raise NotAudio("the content is of no known kind")
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": av.format.ContainerFormat(demuxer, "r").name,
        "codec_whitelist": ",".join(sorted(CODECS)),
    }
    try:
        container = av.open(str(path.resolve()), "r", format=demuxer, options=options)
    except (av.FFmpegError, ValueError) as error:
        raise NotAudio("the header can't be read") from error
    if not container.streams.audio:
        container.close()
        raise NotAudio("there is no audio stream")
    context = container.streams.audio[0].codec_context
    reason = ""
    if context.name not in CODECS:
        reason = "its codec is not accepted"
    elif not MIN_RATE <= context.sample_rate <= MAX_RATE or context.layout.nb_channels < 1:
        reason = "its rate or its channels are out of range"
    if reason:
        container.close()
        raise NotAudio(reason)
    return container


def exact_frames(container: InputContainer) -> int | None:
    """Frames that a FLAC header promises; None for other formats (their lengths are guesses)."""
    stream = container.streams.audio[0]
    if stream.codec_context.name != "flac" or not stream.duration or not stream.time_base:
        return None
    return round(stream.duration * stream.time_base * stream.codec_context.sample_rate)


def decode_frames(container: InputContainer) -> Iterator[av.AudioFrame]:
    """Every frame of the first audio stream; in lossless formats damage is an error, never a gap.

    Lossy ones are read as players do, because files cut from longer ones begin with a broken frame.
    Raises `NotAudio` on undecodable data, a failed checksum, a change of rate or channels in the
    middle, or a FLAC that holds more or fewer frames than its header says.
    """
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context.name.startswith(LOSSLESS):
        context.options = {"err_detect": "crccheck+bitstream+buffer+explode"}
    context.thread_count = 1  # stems are decoded beside each other; more threads only cost memory
    rate, channels = context.sample_rate, context.layout.nb_channels
    promised, count = exact_frames(container), 0
    try:
        for frame in container.decode(stream):
            if frame.sample_rate != rate or frame.layout.nb_channels != channels:
                raise NotAudio("rate or channels change in the middle")
            count += frame.samples
            if promised is not None and count > promised:
                break
            yield frame
    except (av.FFmpegError, ValueError) as error:
        raise NotAudio("the data can't be decoded") from error
    if promised is not None and count != promised:
        raise NotAudio(f"{promised} frames promised, {'more' if count > promised else count} found")


def plane(frame: av.AudioFrame) -> memoryview:
    """The bytes of a packed frame, padding included; valid while the frame lives."""
    return memoryview(frame.planes[0])


def to_float(frame: av.AudioFrame) -> Samples:
    """A packed s16, s32 or flt frame as float32 ``(frames, channels)``; a copy."""
    kind, scale = DIRECT[frame.format.name]
    channels = frame.layout.nb_channels
    flat = np.frombuffer(plane(frame), dtype=kind, count=frame.samples * channels)
    out: Samples = np.multiply(flat, np.float32(scale), dtype=np.float32)
    return out.reshape(-1, channels)


def decode_float(container: InputContainer) -> Iterator[Samples]:
    """The first audio stream as float32, mono or stereo (more channels are mixed down)."""
    context = container.streams.audio[0].codec_context
    converter: av.AudioResampler | None = None
    if context.format.name not in DIRECT or context.layout.nb_channels > 2:
        layout = "mono" if context.layout.nb_channels == 1 else "stereo"
        converter = av.AudioResampler(format="flt", layout=layout, rate=context.sample_rate)
    for frame in decode_frames(container):
        if converter is None:
            yield to_float(frame)
        else:
            for piece in converter.resample(frame):
                yield to_float(piece)
