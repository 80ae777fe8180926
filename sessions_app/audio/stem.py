"""A stem: numbered chunks of 24-bit PCM become one lossless FLAC file."""

import hashlib
import math
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt

from .check import probe_audio
from .decode import MAX_RATE, MIN_RATE, decode_frames, open_audio, plane
from .encode import FlacWriter
from .errors import AudioError, BadChunk, EmptyStem, NotAudio

READ_FRAMES = 1 << 17  # frames read at a time: at most 768 KiB of PCM, whatever a chunk's size
BYTES = 3
MAX_SECONDS = 3 * 3600  # of a stem that is taken in whole


@dataclass(frozen=True, slots=True)
class StemInfo:
    """What was assembled. ``sha256`` is of the interleaved s24le PCM, not of the FLAC file.

    ``peak_dbfs`` is the greatest sample (0 is full scale, ``-inf`` digital silence).
    """

    frames: int
    sample_rate: int
    channels: int
    sha256: str
    peak_dbfs: float

    @property
    def duration_ms(self) -> float:
        """Length by the stem's nominal rate, in milliseconds."""
        return self.frames * 1000.0 / self.sample_rate


def assemble(
    chunks: Iterable[Path | BinaryIO],
    *,
    sample_rate: int,
    channels: int,
    out: Path,
    frames: int | None = None,
) -> StemInfo:
    """Stream s24le ``chunks``, in order, into the FLAC file ``out`` (24 bit, no tags).

    ``frames``: where it ends, if before the last chunk does.

    Memory stays at a few megabytes for any length. The file is decoded again and compared with the
    PCM by hash before it takes its name, because the chunks (and the browser's copy) are deleted on
    the word of this function. Raises `ValueError` for a rate outside 8–192 kHz or channels outside
    1–2, `BadChunk` for a chunk that is not whole frames, `EmptyStem` when there is no frame.
    On any error ``out`` is left as it was.
    """
    if not MIN_RATE <= sample_rate <= MAX_RATE:
        raise ValueError(f"sample rate {sample_rate} is outside {MIN_RATE}–{MAX_RATE} Hz")
    if channels not in (1, 2):
        raise ValueError(f"{channels} channels: a stem has 1 or 2")
    digest = hashlib.sha256()
    limit = math.inf if frames is None else frames * BYTES * channels
    frames, peak = 0, 0
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        with FlacWriter(part, sample_rate=sample_rate, channels=channels) as writer:
            for piece in _pieces(chunks, BYTES * channels):
                raw = piece if len(piece) <= limit else piece[: int(limit)]
                limit -= len(raw)
                if not raw:
                    break
                digest.update(raw)
                samples = widen(raw)
                peak = max(peak, int(samples.max() >> 8), -int(samples.min() >> 8))
                frames += samples.size // channels
                writer.write_int(samples)
        if frames == 0:
            raise EmptyStem("the chunks hold no frame")
        if _digest_of(part) != digest.hexdigest():
            raise AudioError("the written file does not decode to the PCM it was given")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return StemInfo(
        frames=frames,
        sample_rate=sample_rate,
        channels=channels,
        sha256=digest.hexdigest(),
        peak_dbfs=20 * math.log10(peak / 2**23) if peak else -math.inf,
    )


def remake(path: Path, out: Path) -> StemInfo:
    """Decode a FLAC file to its last sample and encode it anew: tags and pictures stay out.

    For files that came from elsewhere. Raises `NotAudio` for content that isn't lossless FLAC of 1
    or 2 channels without damage, or lasts longer than three hours.
    """
    info = probe_audio(path)
    if info.codec != "flac" or info.channels > 2:
        raise NotAudio("a stem is FLAC of one or two channels")
    rate, channels = info.sample_rate, info.channels
    digest, frames, peak = hashlib.sha256(), 0, 0
    with (
        open_audio(path) as container,
        FlacWriter(out, sample_rate=rate, channels=channels) as writer,
    ):
        for frame in decode_frames(container):
            samples = _all_int32(frame)
            frames += frame.samples
            if frames > MAX_SECONDS * rate:
                raise NotAudio("it lasts longer than three hours")
            digest.update(narrow(samples).data)
            peak = max(peak, int(samples.max() >> 8), -int(samples.min() >> 8))
            writer.write_int(samples)
    if _digest_of(out) != digest.hexdigest():
        raise AudioError("the written file does not decode to what was read")
    return StemInfo(
        frames=frames,
        sample_rate=rate,
        channels=channels,
        sha256=digest.hexdigest(),
        peak_dbfs=20 * math.log10(peak / 2**23) if peak else -math.inf,
    )


def _all_int32(frame: av.AudioFrame) -> npt.NDArray[np.int32]:
    """A packed ``s16`` or ``s32`` frame's samples with the 24 bits on top, interleaved."""
    if frame.format.name == "s16":
        count = frame.samples * frame.layout.nb_channels
        flat = np.frombuffer(plane(frame), dtype=np.int16, count=count)
        return flat.astype(np.int32) << 16
    return frame_int32(frame) & ~np.int32(0xFF)


def narrow(samples: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """The upper 24 bits of each sample as s24le bytes, ``(samples, 3)``."""
    out = np.empty((samples.size, BYTES), dtype=np.uint8)
    wide = samples.view(np.uint8).reshape(-1, 4)
    for byte in range(BYTES):
        out[:, byte] = wide[:, byte + 1]
    return out


def widen(raw: bytes) -> npt.NDArray[np.int32]:
    """s24le bytes to int32 with the 24 bits on top, as FFmpeg's ``s32`` wants them; flat."""
    source = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BYTES)
    wide = np.zeros((source.shape[0], 4), dtype=np.uint8)
    for byte in range(BYTES):  # by column: numpy's loop over rows of three bytes is 4× slower
        wide[:, byte + 1] = source[:, byte]
    return wide.reshape(-1).view(np.int32)


def _pieces(chunks: Iterable[Path | BinaryIO], frame_size: int) -> Iterator[bytes]:
    """Whole frames, at most READ_FRAMES at a time, also from streams that give short reads."""
    for number, chunk in enumerate(chunks):
        with ExitStack() as stack:
            stream = stack.enter_context(chunk.open("rb")) if isinstance(chunk, Path) else chunk
            rest = b""
            while data := stream.read(READ_FRAMES * frame_size - len(rest)):
                data = rest + data
                whole = len(data) - len(data) % frame_size
                rest = data[whole:]
                if whole:
                    yield data[:whole]
            if rest:
                raise BadChunk(number, f"its size is not a multiple of {frame_size} bytes")


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open_audio(path) as container:
        for frame in decode_frames(container):
            digest.update(narrow(frame_int32(frame)).data)
    return digest.hexdigest()


def frame_int32(frame: av.AudioFrame) -> npt.NDArray[np.int32]:
    """A packed ``s32`` frame's samples, interleaved; a view, valid while the frame lives."""
    if frame.format.name != "s32":
        raise AudioError("not 24-bit")
    count = frame.samples * frame.layout.nb_channels
    return np.frombuffer(plane(frame), dtype=np.int32, count=count)
