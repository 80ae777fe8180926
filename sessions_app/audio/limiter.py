"""A look-ahead limiter that keeps the peaks between the samples below the ceiling too.

The gain each frame needs is turned into a curve that falls and rises along straight lines: rising
lines are a running minimum forward in time, falling ones a running minimum backward. Both are one
``np.minimum.accumulate``, so there is no loop over samples. The curve never lies above what any
frame needs, because a minimum is taken in both directions and nothing is smoothed afterwards.
"""

import numpy as np
import numpy.typing as npt

from .decode import Samples

ATTACK = 480  # frames (10 ms) in which the gain could fall from 1 to 0; also the look-ahead
RELEASE = 19_200  # frames (400 ms) in which it could rise from 0 to 1
# Interpolation between samples: 8 times by 24 taps (ITU-R BS.1770-4, annex 2, has 4 times by 12).
# On noise bursts up to 20 kHz, limited by 10 dB, this let 0.0 dB above the ceiling, 4 by 12 0.2 dB.
OVERSAMPLING = 8
TAPS = 24
KAISER = 4.0
CONTEXT = TAPS // 2 + 2  # frames beside a peak that its interpolation needs
HOLD = ATTACK + CONTEXT
# A block whose samples stay 3 dB under the ceiling has no peak above it between them, short of
# signals made for it; so most blocks of most music pass untouched and cost one maximum.
QUIET = 0.7
RISEN = 1.0 - 1e-9  # the running minimum leaves a rounding error below 1
NEAR = 0.5  # inside other blocks, interpolation is done only beside samples above this


def _interpolator() -> npt.NDArray[np.float32]:
    """``(TAPS, OVERSAMPLING - 1)``: windowed sinc for the points after the middle sample."""
    taps = np.arange(TAPS) - (TAPS // 2 - 1)
    columns = []
    for point in range(1, OVERSAMPLING):
        distance = taps - point / OVERSAMPLING
        window = np.i0(KAISER * np.sqrt(np.maximum(0, 1 - (distance / (TAPS / 2)) ** 2)))
        column = np.sinc(distance) * window
        columns.append(column / column.sum())
    return np.stack(columns, axis=1).astype(np.float32)


INTERPOLATOR = _interpolator()


def true_peaks(block: Samples, above: float) -> Samples:
    """Per frame, the greatest magnitude at and right beside it, over both channels; ``(frames,)``.

    Between samples only where a neighbour exceeds ``above``. The first and last ``CONTEXT`` frames
    have sample peaks only.
    """
    magnitude = np.abs(block)
    # By column: numpy reduces an axis of two a hundred times slower.
    peaks: Samples = np.maximum(magnitude[:, 0], magnitude[:, 1])
    left = TAPS // 2 - 1
    for channel in range(2):
        loud = np.flatnonzero(magnitude[left : -(TAPS // 2), channel] > above) + left
        if loud.size == 0:
            continue
        # A peak lies before or after its loudest neighbour, so the interval before counts as well.
        loud = np.union1d(loud, loud[loud > left] - 1)
        windows = np.lib.stride_tricks.sliding_window_view(block[:, channel], TAPS)[loud - left]
        between = np.abs(windows @ INTERPOLATOR).max(axis=1)
        peaks[loud] = np.maximum(peaks[loud], between)
        peaks[loud + 1] = np.maximum(peaks[loud + 1], between)
    return peaks


class Limiter:
    """Stereo-linked, streaming. ``push`` gives blocks ``HOLD`` frames late; ``flush`` the rest."""

    def __init__(self, ceiling: float) -> None:
        """``ceiling``: the greatest true peak, linear (0–1)."""
        self._ceiling = ceiling
        self._pending = np.zeros((CONTEXT, 2), dtype=np.float32)  # past frames, then held ones
        self._gain = 1.0  # of the frame emitted last, on its rising line
        self.least_gain = 1.0

    def push(self, block: Samples) -> Samples:
        """Take ``(frames, 2)`` float32 in, give the frames that are decided."""
        return self._advance(np.concatenate((self._pending, block)), HOLD)

    def flush(self) -> Samples:
        """The frames still held; ends the stream."""
        silence = np.zeros((HOLD, 2), dtype=np.float32)
        return self._advance(np.concatenate((self._pending, silence)), HOLD)

    def _advance(self, buffer: Samples, hold: int) -> Samples:
        ready = len(buffer) - CONTEXT - hold
        if ready <= 0:
            self._pending = buffer
            return buffer[:0]
        self._pending = buffer[ready:].copy()
        decided = buffer[CONTEXT : CONTEXT + ready]
        loudest = max(float(buffer.max()), -float(buffer.min()))
        if loudest <= QUIET * self._ceiling and self._gain > RISEN:
            return decided
        curve = self._curve(buffer)[:ready]
        self.least_gain = min(self.least_gain, float(curve.min()))
        factor = curve.astype(np.float32)
        out = np.empty_like(decided)
        for channel in range(2):
            np.multiply(decided[:, channel], factor, out=out[:, channel])
        return out

    def _curve(self, buffer: Samples) -> npt.NDArray[np.float64]:
        """Gain for each frame from the first undecided one on, look-ahead included."""
        peaks = true_peaks(buffer, NEAR * self._ceiling)[CONTEXT:]
        needed = np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-9).astype(np.float64))
        steps = np.arange(1, len(needed) + 1, dtype=np.float64)
        rise, fall = steps / RELEASE, steps / ATTACK
        risen = np.minimum.accumulate(needed - rise) + rise
        risen = np.minimum(np.minimum(risen, self._gain + rise), 1.0)
        # The backward pass sees the end of the buffer, ATTACK frames beyond what is emitted.
        curve = (np.minimum.accumulate((risen + fall)[::-1])[::-1]) - fall
        ready = len(buffer) - CONTEXT - HOLD
        self._gain = float(risen[ready - 1])
        return np.minimum(curve, risen)
