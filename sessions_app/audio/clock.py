"""From clock points to a stem's place in the session: one slope, and the steps where it stood
still.

A browser sends ``[frame, session_ms]`` every 5 s and on both sides of a step (docs/realtime.md,
Stems). The line's intercept is where the stem starts; its slope is how fast that sound card
really runs. On a busy machine an audio context stands still for some milliseconds now and then
and goes on with the next frame: from there on every frame is so much later. Single points may be
wrong (a busy tab, a slow probe), always for a while only and mostly too late, so neither of them
may bend the line.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import FalseClock, NoClock

Points = Iterable[Sequence[float]]
Numbers = npt.NDArray[np.float64]

# Sound cards are within about 200 ppm of their nominal rate; beyond 500 it is no sound card.
MAX_DRIFT_PPM = 500.0
DRIFT_SLACK_MS = 20.0  # what the points of a short stem may be wrong by
STEP_MS = 1.0  # browsers note the time to a third of a millisecond
# Clock probes are good to about 0.1 ms (measured); a tighter scale would reject honest points.
SCALE_FLOOR_MS = 0.05
TUKEY = 4.685  # 95% efficiency for normal noise
MAX_FRAME, MAX_TIME_MS = 2.0**40, 1e10  # 66 days at 192 kHz; 115 days: beyond is nonsense


@dataclass(frozen=True, slots=True)
class ClockFit:
    """A stem's line: ``session_ms = start_ms + frame * 1000 / rate_hz_effective`` and its steps.

    ``drift_ppm`` is how much faster than nominal the recorder ran (positive: more frames for each
    second of the session). ``slips`` are ``(frame, ms)``: from that frame on everything is later
    by so much more, because the recorder stood still. ``residual_ms`` is the root mean square
    over the points that count. ``fallback`` is true when the slope was not to be believed and the
    nominal rate is used instead; ``reason`` then says why.
    """

    start_ms: float
    rate_hz_effective: float
    drift_ppm: float
    residual_ms: float
    points_used: int
    slips: tuple[tuple[int, float], ...] = ()
    fallback: bool = False
    reason: str = ""

    def session_ms(self, frame: float) -> float:
        """When this frame was played, in session milliseconds."""
        stood = sum(ms for at, ms in self.slips if at <= frame)
        return self.start_ms + frame * 1000.0 / self.rate_hz_effective + stood


def fit_clock(points: Points, *, sample_rate: int) -> ClockFit:
    """Fit ``(frame, session_ms)`` points of a stem at ``sample_rate`` Hz.

    Points that are not finite, have a negative frame or are no pair are dropped. What lies above
    the points behind it was late; what lies below them for good is a step. A slope beyond ±500
    ppm, or fewer than two distinct frames, gives the nominal rate at the median intercept,
    flagged. Raises `NoClock` when no point is usable, `FalseClock` for a slope beyond ±500 ppm by
    more than 20 ms over the whole stem, `ValueError` for an impossible rate.

    Method: weighted median of the slopes between neighbours as the start; runs of points without
    a step; from the last to the first, those above what follows are left out; then iteratively
    reweighted least squares with Tukey's biweight, one slope for all and a level for each run.
    """
    if sample_rate <= 0:
        raise ValueError("sample_rate must be positive")
    frames, times = _usable(points)
    if frames.size == 0:
        raise NoClock("no usable clock point")
    nominal = 1000.0 / sample_rate
    # What is left after the nominal rate is small, so the fit keeps its digits at large frames.
    rest = times - frames * nominal
    if frames.size < 2:
        return _fallback(rest, sample_rate, "fewer than two distinct frames")
    slope = _typical_slope(frames, rest)
    for _ in range(3):  # a better slope finds better runs
        runs, used = _runs(frames, rest, slope)
        slope, levels, weights = _biweight(frames, rest, runs, used, slope)
    moved = abs(slope) * float(frames[-1] - frames[0])
    allowed = MAX_DRIFT_PPM * 1e-6 * nominal * float(frames[-1] - frames[0])
    if moved > allowed + DRIFT_SLACK_MS:
        raise FalseClock("the clock runs too fast or too slow for any sound device")
    drift = (nominal / max(nominal + slope, nominal / 2) - 1.0) * 1e6
    if abs(drift) > MAX_DRIFT_PPM:
        return _fallback(rest, sample_rate, "drift is out of range")
    counted = weights > 0
    residual = rest[counted] - levels[runs[counted]] - slope * frames[counted]
    return ClockFit(
        start_ms=float(levels[0]),
        rate_hz_effective=1000.0 / (nominal + slope),
        drift_ppm=drift,
        residual_ms=float(np.sqrt(np.mean(residual**2))),
        points_used=int(counted.sum()),
        slips=_slips(frames, runs, used, levels),
    )


def _usable(points: Points) -> tuple[Numbers, Numbers]:
    """Frames, each once and rising, and the session ms of each."""
    kept: dict[float, list[float]] = {}
    for point in points:
        try:
            frame, time = float(point[0]), float(point[1])
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
        if math.isfinite(frame) and 0 <= frame < MAX_FRAME and abs(time) < MAX_TIME_MS:
            kept.setdefault(float(round(frame)), []).append(time)
    frames = np.array(sorted(kept), dtype=np.float64)
    return frames, np.array([np.median(kept[frame]) for frame in frames], dtype=np.float64)


def _typical_slope(frames: Numbers, rest: Numbers) -> float:
    """The slope that half of the stem's time lies below and half above."""
    distance = np.diff(frames)
    slopes = np.diff(rest) / distance
    order = np.argsort(slopes)
    upto = np.cumsum(distance[order])
    return float(slopes[order][np.searchsorted(upto, upto[-1] / 2)])


def _runs(
    frames: Numbers, rest: Numbers, slope: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The run each point is in, and whether it counts: what was late for a while doesn't."""
    flat = rest - slope * frames
    edges = np.flatnonzero(np.abs(np.diff(flat)) > STEP_MS) + 1
    bounds = [0, *edges.tolist(), frames.size]
    pieces = list(itertools.pairwise(bounds))
    own = [float(np.median(flat[begin:end])) for begin, end in pieces]
    runs = np.zeros(frames.size, dtype=np.int64)
    used = np.zeros(frames.size, dtype=np.bool_)
    run, level = 0, math.inf
    for place in reversed(range(len(pieces))):
        begin, end = pieces[place]
        if math.isinf(level):
            level = own[place]
        elif own[place] < level - STEP_MS:
            before = own[place - 1] if place else -math.inf
            if end - begin > 1 or before < level - STEP_MS:  # else one point that is too early
                run, level = run + 1, own[place]
        used[begin:end] = abs(own[place] - level) <= STEP_MS
        runs[begin:end] = run
    return run - runs, used


def _biweight(
    frames: Numbers,
    rest: Numbers,
    runs: npt.NDArray[np.int64],
    used: npt.NDArray[np.bool_],
    slope: float,
) -> tuple[float, Numbers, Numbers]:
    """Refine ``rest = level[run] + slope * frames``; gives slope, levels and final weights."""
    count = int(runs[-1]) + 1
    inside = used.astype(np.float64)
    levels = np.array(
        [np.median((rest - slope * frames)[(runs == n) & used]) for n in range(count)]
    )
    weights = inside
    for _ in range(20):
        off = np.abs(rest - levels[runs] - slope * frames)
        scale = max(1.4826 * float(np.median(off[used])), SCALE_FLOOR_MS)
        weights = inside * np.maximum(0.0, 1.0 - (off / (TUKEY * scale)) ** 2) ** 2
        total = np.bincount(runs, weights, count)
        sure = np.maximum(total, 1e-12)  # a run whose points all lost their weight keeps its level
        centre = np.bincount(runs, weights * frames, count) / sure
        middle = np.bincount(runs, weights * rest, count) / sure
        across = frames - centre[runs]
        spread = float(weights @ across**2)
        if spread == 0:  # one frame holds all the weight: nothing to turn the line about
            break
        before = (slope, levels)
        slope = float(weights @ (across * (rest - middle[runs]))) / spread
        levels = np.where(total > 0, middle - slope * centre, levels)
        moved = abs(slope - before[0]) * float(frames[-1]) + float(
            np.max(np.abs(levels - before[1]))
        )
        if moved < 1e-7:
            break
    return slope, levels, weights


def _slips(
    frames: Numbers, runs: npt.NDArray[np.int64], used: npt.NDArray[np.bool_], levels: Numbers
) -> tuple[tuple[int, float], ...]:
    """Between the last point of a run and the first of the next: by how much it is later."""
    slips = []
    for run in range(1, levels.size):
        last, first = frames[(runs == run - 1)][-1], frames[runs == run][0]
        slips.append((round((last + first) / 2), float(levels[run] - levels[run - 1])))
    return tuple(slips)


def _fallback(rest: Numbers, sample_rate: int, reason: str) -> ClockFit:
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
