"""Where a recorder stood still, its sound is moved apart, so that all after it is in time again.

What was played meanwhile is lost. A few milliseconds are spread over a hundred times as long
around the place: one percent, a sixth of a semitone, where a hole would be heard as a click.
Longer ones are silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .decode import Samples

SILENCE_FROM = 960  # frames: 20 ms at 48 kHz
SPREAD = 100  # a step of n frames is spread over n × this
FADE = 240  # 5 ms
TAPS = 16  # on each side


@dataclass(frozen=True, slots=True)
class Region:
    """Frames ``begin`` to ``end`` that come out as ``extra`` more; silent inside if ``hole``."""

    begin: int
    end: int
    extra: int
    hole: bool


def plan(slips: Sequence[tuple[float, float]], frames: int) -> list[Region]:
    """Regions for steps ``(at, extra)`` in frames, in their order and without overlap."""
    steps = [(round(at), round(extra)) for at, extra in sorted(slips)]
    steps = [(at, extra) for at, extra in steps if extra > 0 and 0 < at < frames]
    regions: list[Region] = []
    for place, (at, extra) in enumerate(steps):
        hole = extra >= SILENCE_FROM
        reach = FADE if hole else extra * SPREAD // 2
        # Half of the way to its neighbours is a step's own.
        before = (at - steps[place - 1][0]) // 2 if place else at
        behind = (steps[place + 1][0] - at) // 2 if place + 1 < len(steps) else frames - at
        regions.append(Region(at - min(reach, before), at + min(reach, behind), extra, hole))
    return regions


def moved_apart(pieces: Iterable[Samples], regions: Sequence[Region]) -> Iterator[Samples]:
    """The same sound with each region longer by its extra frames."""
    source = _Reader(pieces)
    for region in regions:
        yield from source.upto(region.begin)
        part = source.whole(region.end)
        if not len(part):
            continue  # the sound ended before
        if region.hole:
            yield _with_hole(part, region.extra)
        else:
            yield _stretched(part, source.past, source.peek(TAPS), region.extra)
    yield from source.upto(None)


class _Reader:
    """Reads pieces by position, and remembers the last few frames given."""

    def __init__(self, pieces: Iterable[Samples]) -> None:
        self._pieces = iter(pieces)
        self._rest: Samples = np.zeros((0, 1), dtype=np.float32)
        self._at = 0
        self.past: Samples = self._rest  # the TAPS frames before what `whole` gave last
        self._last: Samples = self._rest

    def upto(self, end: int | None) -> Iterator[Samples]:
        """Everything before ``end``, as it comes."""
        while end is None or self._at < end:
            if not len(self._rest) and not self._more():
                return
            part = self._rest if end is None else self._rest[: end - self._at]
            self._give(len(part))
            yield part

    def whole(self, end: int) -> Samples:
        """All before ``end`` in one piece."""
        self.peek(end - self._at)
        part = self._rest[: end - self._at]
        self.past = self._last
        self._give(len(part))
        return part

    def peek(self, count: int) -> Samples:
        """The next ``count`` frames (fewer at the end), which stay to be read."""
        while len(self._rest) < count and self._more():
            pass
        return self._rest[:count]

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._rest = np.concatenate((self._rest, piece)) if len(self._rest) else piece
        return True

    def _give(self, count: int) -> None:
        given, self._rest = self._rest[:count], self._rest[count:]
        self._at += count
        self._last = given[-TAPS:] if count >= TAPS or not len(self._last) else (
            np.concatenate((self._last, given))[-TAPS:]
        )  # fmt: skip


def _with_hole(part: Samples, extra: int) -> Samples:
    """``extra`` frames of silence in the middle, faded out and in."""
    middle = len(part) // 2
    before, behind = part[:middle].copy(), part[middle:].copy()
    before *= np.linspace(1, 0, len(before), dtype=np.float32)[:, None]
    behind *= np.linspace(0, 1, len(behind), dtype=np.float32)[:, None]
    return np.concatenate((before, np.zeros((extra, part.shape[1]), np.float32), behind))


def _stretched(part: Samples, past: Samples, coming: Samples, extra: int) -> Samples:
    """The part with ``extra`` frames more, by a windowed sinc (Hann, 32 taps)."""
    ends = np.zeros((TAPS, part.shape[1]), np.float32)
    wide = np.concatenate(
        (ends[: TAPS - len(past)], past, part, coming, ends[: TAPS - len(coming)])
    )
    count = len(part) + extra
    place = np.arange(count) * (len(part) / count)
    first = np.floor(place).astype(np.int64)
    offsets = np.arange(1 - TAPS, TAPS + 1)
    away: npt.NDArray[np.float64] = offsets[None, :] - (place - first)[:, None]
    weights = np.sinc(away) * (0.5 + 0.5 * np.cos(np.pi * away / (TAPS + 1)))
    weights /= weights.sum(axis=1, keepdims=True)
    taken = wide[np.minimum(first[:, None] + offsets + TAPS, len(wide) - 1)]
    stretched: Samples = np.einsum("nt,ntc->nc", weights.astype(np.float32), taken)
    return stretched
