"""Waveforms: the least and greatest sample of every hundredth of a second."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .decode import Samples, decode_float, open_audio

VERSION = 1
FULL = 127


class PeakMeter:
    """Collects peaks of a stream; a bin that is cut by a block's edge is carried over."""

    def __init__(self, sample_rate: int, rate: int) -> None:
        self._sample_rate = sample_rate
        self._rate = rate
        self._frames = 0
        self._rest: Samples = np.zeros((0, 1), dtype=np.float32)
        self._low: list[npt.NDArray[np.float32]] = []
        self._high: list[npt.NDArray[np.float32]] = []

    def push(self, block: Samples) -> None:
        """Take in ``(frames, channels)``; the channels are drawn as one."""
        if len(self._rest):
            block = np.concatenate((self._rest, block))
        begin = self._frames
        end = begin + len(block)
        # Bin i begins with frame ceil(i * sample_rate / rate): exact for any pair of rates. Blocks
        # begin where a bin does, because what is left of one is put before the next.
        first = begin * self._rate // self._sample_rate
        full = end * self._rate // self._sample_rate
        edges = -(-np.arange(first, full + 1) * self._sample_rate // self._rate) - begin
        if full > first:
            self._reduce(block[: edges[-1]], edges[:-1])
        self._rest = block[edges[-1] :].copy()
        self._frames = begin + int(edges[-1])

    def finish(self) -> tuple[int, list[int], list[int]]:
        """Frames seen, least and greatest values -127–127; the last bin may be a short one."""
        if len(self._rest):
            self._reduce(self._rest, np.zeros(1, dtype=np.int64))
        frames = self._frames + len(self._rest)
        return frames, _scaled(self._low), _scaled(self._high)

    def _reduce(self, block: Samples, edges: npt.NDArray[np.int64]) -> None:
        flat, starts = block.reshape(-1), edges * block.shape[1]
        self._low.append(np.minimum.reduceat(flat, starts))
        self._high.append(np.maximum.reduceat(flat, starts))


def peaks(path: Path, rate: int = 100) -> dict[str, Any]:
    """Peaks of a sound file at ``rate`` a second, ready for JSON.

    ``{"version": 1, "rate", "channels": 1, "duration_ms", "min": [...], "max": [...]}`` with whole
    numbers -127–127, all channels drawn as one. Decodes as a stream: memory grows by 8 bytes for
    each bin only. Raises `NotAudio` for a file that can't be decoded to its end, `ValueError` for a
    rate outside 1–1000.
    """
    if not 1 <= rate <= 1000:
        raise ValueError("rate must be within 1–1000")
    with open_audio(path) as container:
        sample_rate = container.streams.audio[0].codec_context.sample_rate
        meter = PeakMeter(sample_rate, rate)
        for block in decode_float(container):
            meter.push(block)
    frames, low, high = meter.finish()
    return {
        "version": VERSION,
        "rate": rate,
        "channels": 1,
        "duration_ms": round(frames * 1000 / sample_rate, 3),
        "min": low,
        "max": high,
    }


def _scaled(parts: list[npt.NDArray[np.float32]]) -> list[int]:
    if not parts:
        return []
    whole = np.clip(np.rint(np.concatenate(parts) * FULL), -FULL, FULL)
    return [int(value) for value in whole]
