"""Listens to files of sound: which tones are in them, and when they swell."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

RATE = 48_000


def samples(path: Path) -> npt.NDArray[np.float64]:
    """Decode a file to one channel at 48 kHz."""
    parts = []
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        for frame in file.decode(audio=0):
            parts += [one.to_ndarray()[0] for one in resampler.resample(frame)]
        parts += [one.to_ndarray()[0] for one in resampler.resample(None)]
    return np.concatenate(parts).astype(float)


def level(sound: npt.NDArray[Any], hertz: float) -> float:
    """Return a steady tone's level in dB: the lower quartile of many windows of 200 ms.

    Swells of another tone splash over all frequencies; a quarter of the windows lie between them.
    """
    window = np.hanning(RATE // 5)
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(window)) / RATE) * window
    starts = range(0, len(sound) - len(window), RATE // 20)
    found = [abs(np.dot(sound[at : at + len(window)], turn)) for at in starts]
    return float(20 * np.log10(2 * np.percentile(found, 25) / window.sum() + 1e-12))


def swells(sound: npt.NDArray[Any], hertz: float) -> npt.NDArray[np.float64]:
    """Return the moments, in ms, at which a tone swells past the middle of its range."""
    turned = sound * np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    window = RATE // 50
    envelope = np.abs(np.convolve(turned, np.ones(window) / window, "same"))
    middle = (np.percentile(envelope, 97) + np.percentile(envelope, 40)) / 2
    above = envelope > middle
    rising = np.flatnonzero(above[1:] & ~above[:-1])
    keep = np.insert(np.diff(rising) > 0.3 * RATE, 0, True)
    return rising[keep] * 1000 / RATE


def apart(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return how far each swell of the one is from the nearest of the other, in ms."""
    return np.array([second[np.argmin(np.abs(second - at))] - at for at in first])
