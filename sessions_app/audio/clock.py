"""From clock points to a stem's place in the session: one straight line, fitted robustly.

A browser sends ``[frame, session_ms]`` about every 5 s (docs/realtime.md, Stems). The line's
intercept is where the stem starts; its slope is how fast that sound card really runs. Single points
may be wrong by milliseconds (a busy tab, a slow probe), so a least-squares line alone will not do.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import NoClock

Points = Iterable[Sequence[float]]

# Sound cards are within about 200 ppm of their nominal rate; ten times the worst seen is no clock.
MAX_DRIFT_PPM = 1000.0
# Clock probes are good to about 0.1 ms (measured); a tighter scale would reject honest points.
SCALE_FLOOR_MS = 0.05
TUKEY = 4.685  # 95% efficiency for normal noise
MAX_FRAME, MAX_TIME_MS = 2.0**40, 1e10  # 66 days at 192 kHz; 115 days: beyond is nonsense
PAIRS_FROM = 400  # points used for the pairwise start; 80,000 slopes are enough for a median


@dataclass(frozen=True, slots=True)
class ClockFit:
    """A stem's line: ``session_ms = start_ms + frame * 1000 / rate_hz_effective``.

    ``drift_ppm`` is how much faster than nominal the recorder ran (positive: more frames for each
    second of the session). ``residual_ms`` is the root mean square over the points that count.
    ``fallback`` is true when the slope was not to be believed and the nominal rate is used instead;
    ``reason`` then says why.
    """

    start_ms: float
    rate_hz_effective: float
    drift_ppm: float
    residual_ms: float
    points_used: int
    fallback: bool = False
    reason: str = ""


def fit_clock(points: Points, *, sample_rate: int) -> ClockFit:
    """Fit the line through ``(frame, session_ms)`` points of a stem at ``sample_rate`` Hz.

    Points that are not finite, have a negative frame or are no pair are dropped; points off the
    line (steps, clocks running backward) lose their weight. A slope beyond ±1000 ppm, or fewer than
    two distinct frames, gives the nominal rate at the median intercept, flagged. Raises `NoClock`
    when no point is usable, `ValueError` for an impossible rate.

    Method: median of pairwise slopes (Theil 1950, Sen 1968) as the start, then iteratively
    reweighted least squares with Tukey's biweight.
    """
    if sample_rate <= 0:
        raise ValueError("sample_rate must be positive")
    frames, times = _usable(points)
    if frames.size == 0:
        raise NoClock("no usable clock point")
    nominal = 1000.0 / sample_rate
    # What is left after the nominal rate is small, so the fit keeps its digits at large frames.
    rest = times - frames * nominal
    if np.unique(frames).size < 2:
        return _fallback(rest, sample_rate, "fewer than two distinct frames")
    slope, intercept, weights = _biweight(frames, rest, _median_slope(frames, rest))
    milliseconds_per_frame = nominal + slope
    if milliseconds_per_frame <= 0:
        return _fallback(rest, sample_rate, "the clock runs backward")
    rate = 1000.0 / milliseconds_per_frame
    drift = (rate / sample_rate - 1.0) * 1e6
    if abs(drift) > MAX_DRIFT_PPM:
        return _fallback(rest, sample_rate, "drift is out of range")
    used = weights > 0
    residual = rest[used] - intercept - slope * frames[used]
    return ClockFit(
        start_ms=intercept,
        rate_hz_effective=rate,
        drift_ppm=drift,
        residual_ms=float(np.sqrt(np.mean(residual**2))),
        points_used=int(used.sum()),
    )


def _usable(
    points: Points,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    kept: list[tuple[float, float]] = []
    for point in points:
        try:
            frame, time = float(point[0]), float(point[1])
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
        if math.isfinite(frame) and 0 <= frame < MAX_FRAME and abs(time) < MAX_TIME_MS:
            kept.append((float(round(frame)), time))
    kept.sort()
    table = np.array(kept, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _median_slope(frames: npt.NDArray[np.float64], rest: npt.NDArray[np.float64]) -> float:
    if frames.size > PAIRS_FROM:
        chosen = np.linspace(0, frames.size - 1, PAIRS_FROM).astype(np.int64)
        frames, rest = frames[chosen], rest[chosen]
    first, second = np.triu_indices(frames.size, k=1)
    distance = frames[second] - frames[first]
    apart = distance > 0
    return float(np.median((rest[second] - rest[first])[apart] / distance[apart]))


def _biweight(
    frames: npt.NDArray[np.float64], rest: npt.NDArray[np.float64], slope: float
) -> tuple[float, float, npt.NDArray[np.float64]]:
    """Refine ``rest = intercept + slope * frames``; gives slope, intercept and final weights."""
    intercept = float(np.median(rest - slope * frames))
    weights = np.ones_like(frames)
    for _ in range(20):
        off = np.abs(rest - intercept - slope * frames)
        scale = max(1.4826 * float(np.median(off)), SCALE_FLOOR_MS)
        weights = np.maximum(0.0, 1.0 - (off / (TUKEY * scale)) ** 2) ** 2
        total = float(weights.sum())
        centre = float(weights @ frames) / total
        level = float(weights @ rest) / total
        spread = float(weights @ (frames - centre) ** 2)
        if spread == 0:  # one frame holds all the weight: nothing to turn the line about
            break
        before = (slope, intercept)
        slope = float(weights @ ((frames - centre) * (rest - level))) / spread
        intercept = level - slope * centre
        moved = abs(slope - before[0]) * float(frames[-1]) + abs(intercept - before[1])
        if moved < 1e-7:
            break
    return slope, intercept, weights


def _fallback(rest: npt.NDArray[np.float64], sample_rate: int, reason: str) -> ClockFit:
    start = float(np.median(rest))
    return ClockFit(
        start_ms=start,
        rate_hz_effective=float(sample_rate),
        drift_ppm=0.0,
        residual_ms=float(np.median(np.abs(rest - start))),
        points_used=int(rest.size),
        fallback=True,
        reason=reason,
    )
