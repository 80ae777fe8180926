"""One stem on the mix's time line: decoded, drift-corrected, panned, cut into blocks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.container import InputContainer

from .clock import MAX_DRIFT_PPM, ClockFit
from .decode import DIRECT, Samples, decode_frames, exact_frames, open_audio, to_float
from .errors import AudioError, UnreadableStem
from .slips import moved_apart, plan

RATE = 48_000  # of every mix, Hz
MAX_GAIN = 16.0  # 24 dB
# libswresample steps through its input by in_rate / out_rate in whole numbers, so plain rates in Hz
# round the drift to 20 ppm. Only the ratio matters to it, so both rates are told times a large
# number. It needs in_rate * 1024 / out_rate as a fraction of 31-bit numbers: a power of two on the
# output side cancels the 1024. The ratio is then right to 2e-9, 7 µs in an hour.
DENOMINATOR = 1 << 29


@dataclass(frozen=True, slots=True)
class MixStem:
    """One stem and how it sounds in the mix.

    ``start_ms`` is the session time of frame 0, ``drift_ppm`` and ``slips`` as in `ClockFit`. Of
    a stem that sounds longer than ``length_ms`` the rest is left out. ``gain`` is linear (0–16),
    ``pan`` from -1 (left) to 1 (right). A muted stem does not sound and does not count towards
    the mix's bounds. Raises `ValueError` for numbers outside these.
    """

    stem_id: str
    path: Path
    start_ms: float = 0.0
    drift_ppm: float = 0.0
    gain: float = 1.0
    pan: float = 0.0
    muted: bool = False
    slips: tuple[tuple[int, float], ...] = ()
    length_ms: float = math.inf

    def __post_init__(self) -> None:
        if not math.isfinite(self.start_ms):
            raise ValueError("start_ms must be finite")
        if not abs(self.drift_ppm) <= MAX_DRIFT_PPM:
            raise ValueError(f"drift_ppm must be within ±{MAX_DRIFT_PPM:g}")
        if not 0 <= self.gain <= MAX_GAIN:
            raise ValueError(f"gain must be within 0–{MAX_GAIN:g}")
        if not -1 <= self.pan <= 1:
            raise ValueError("pan must be within -1–1")

    @classmethod
    def placed(
        cls,
        stem_id: str,
        path: Path,
        clock: ClockFit,
        *,
        gain: float = 1.0,
        pan: float = 0.0,
        muted: bool = False,
    ) -> Self:
        """A stem placed by its fitted clock."""
        return cls(stem_id, path, clock.start_ms, clock.drift_ppm, gain, pan, muted, clock.slips)

    @property
    def audible(self) -> bool:
        """Whether the stem can be heard at all."""
        return not self.muted and self.gain > 0


def pan_gains(gain: float, pan: float) -> tuple[float, float]:
    """Left and right gains of constant power, 0 dB at the centre (so +3 dB at a side).

    The centre is exactly ``gain`` on both sides, so that an untouched stem keeps its bits.
    """
    if pan == 0:
        return gain, gain
    angle = (pan + 1) * math.pi / 4
    return gain * math.sqrt(2) * math.cos(angle), gain * math.sqrt(2) * math.sin(angle)


def _reason(error: Exception) -> str:
    """What to tell; an operating system's own words would hold the path."""
    return (
        str(error) if isinstance(error, AudioError) else f"can't be read ({type(error).__name__})"
    )


class StemSource:
    """An open stem; ``block`` must be called with rising, adjoining ranges.

    A stereo stem's pan acts as a balance between its own two sides. Not thread-safe, but may be
    used by one thread after another.
    """

    def __init__(self, stem: MixStem) -> None:
        """Open the file. Raises `UnreadableStem`."""
        self.stem = stem
        self.start = 0  # first frame on the mix's time line; set by the mixer
        try:
            self._container: InputContainer = open_audio(stem.path)
            frames = exact_frames(self._container)
            if frames is None:
                frames = self._count()
        except (AudioError, OSError) as error:
            raise UnreadableStem(stem.stem_id, _reason(error)) from error
        context = self._container.streams.audio[0].codec_context
        # Session frames for each recorded frame.
        self._ratio = RATE / (context.sample_rate * (1 + stem.drift_ppm * 1e-6))
        self._same_rate = context.sample_rate == RATE and abs(self._ratio - 1) * frames < 0.5
        self.frames = frames if self._same_rate else round(frames * self._ratio)
        steps = [(at * self._ratio, ms * RATE / 1000) for at, ms in stem.slips]
        self._regions = plan(steps, self.frames)
        self.frames += sum(region.extra for region in self._regions)
        self._all = self.frames
        if stem.length_ms * RATE / 1000 < self.frames:
            self.frames = max(0, round(stem.length_ms * RATE / 1000))
        self._gains = pan_gains(stem.gain, stem.pan)
        self._pieces = moved_apart(self._decode(), self._regions)
        self._rest: Samples = np.zeros((0, 1), dtype=np.float32)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def block(self, begin: int, end: int) -> tuple[int, Samples] | None:
        """The stem's part of mix frames ``begin`` to ``end``: its first frame and stereo samples.

        None where the stem does not sound. Reads to the file's end with the stem's last block, so
        that damage behind it is found as well. Raises `UnreadableStem`.
        """
        first, last = max(begin, self.start), min(end, self.start + self.frames)
        if first >= last:
            return None
        try:
            part = self._take(last - first)
            if last == self.start + self.frames == self.start + self._all:
                for _ in self._pieces:
                    pass
        except (AudioError, OSError, av.FFmpegError) as error:
            raise UnreadableStem(self.stem.stem_id, _reason(error)) from error
        return first, part

    def _take(self, frames: int) -> Samples:
        """The next ``frames``, panned; silence past the end (the resampler's last frame or so)."""
        out = np.zeros((frames, 2), dtype=np.float32)
        left, right = self._gains
        done = 0
        while done < frames:
            if len(self._rest) == 0:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = piece
            part, self._rest = self._rest[: frames - done], self._rest[frames - done :]
            into = out[done : done + len(part)]
            done += len(part)
            if part.shape[1] == 2 and left == right:
                np.multiply(part, np.float32(left), out=into)
            else:
                np.multiply(part[:, 0], np.float32(left), out=into[:, 0])
                np.multiply(part[:, -1], np.float32(right), out=into[:, 1])
        return out

    def _decode(self) -> Iterator[Samples]:
        """Float pieces at the mix's rate, mono or stereo."""
        context = self._container.streams.audio[0].codec_context
        convert = self._resampler(context.layout.nb_channels, context.format.name)
        if convert is None:
            yield from map(to_float, decode_frames(self._container))
            return
        resampler, told_rate = convert
        for frame in decode_frames(self._container):
            frame.pts = None
            frame.sample_rate = told_rate
            for piece in resampler.resample(frame):
                yield to_float(piece)
        for piece in resampler.resample(None):
            yield to_float(piece)

    def _resampler(self, channels: int, kind: str) -> tuple[av.AudioResampler, int] | None:
        """The converter and the input rate to tell it, or None where frames fit as they are."""
        layout = "mono" if channels == 1 else "stereo"
        context = self._container.streams.audio[0].codec_context
        if self._same_rate:
            if kind in DIRECT and channels <= 2:
                return None
            return av.AudioResampler(format="flt", layout=layout, rate=RATE), RATE
        if self.stem.drift_ppm == 0:
            # Between nominal rates libswresample has a filter phase for every output: exact.
            told_rate = context.sample_rate
            return av.AudioResampler(format="flt", layout=layout, rate=RATE), told_rate
        scale = DENOMINATOR
        while scale / self._ratio >= 2**30:  # rates above 96 kHz
            scale //= 2
        told_rate = round(scale / self._ratio)
        resampler = av.AudioResampler(
            format="flt", layout=layout, rate=scale, options={"linear_interp": "1"}
        )
        return resampler, told_rate

    def _count(self) -> int:
        """Frames of a file whose header can't be relied on: decode it all, then start over."""
        count = sum(frame.samples for frame in decode_frames(self._container))
        self._container.close()
        self._container = open_audio(self.stem.path)
        return count
