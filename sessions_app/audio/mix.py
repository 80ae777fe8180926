"""A mix is rendered from stems, in two passes and bounded memory.

First pass: every stem is decoded on its own (threads; FFmpeg works without the interpreter lock)
and summed block by block into an anonymous temporary file, while loudness and peak are measured.
Second pass: that file, times one gain, through the limiter into each encoder, each in a thread.
Encoding Opus is nearly all of the second pass and can't be divided, so it sets the time.

Nothing here is random or depends on the order in which threads finish: blocks and stems are always
added in the same order, so equal input gives equal files.
"""

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BufferedRandom
from pathlib import Path
from typing import Any

import numpy as np

from .decode import Samples
from .encode import AacWriter, FlacWriter, OpusWriter
from .errors import MixTooLong, NothingToMix
from .lane import Lane
from .limiter import Limiter
from .loudness import LoudnessMeter
from .source import RATE, MixStem, StemSource

__all__ = ["MixResult", "MixStem", "render"]

TARGET_LUFS = -16.0
CEILING_DBTP = -1.2  # a little under -1, which is what players' and codecs' filters want
MAX_GAIN_DB = 40.0  # more would only be lifting hiss
MAX_LIMITING_DB = 9.0  # beyond this a limiter is heard; then the mix stays quieter than the target
SILENT_DBFS = -90.0  # a mix whose greatest sample is below this is silence
BLOCK = RATE  # frames; a second of stereo float32 is 384 kB
FIRST_PASS = 0.35  # its share of the time, for progress
SUFFIX = {"flac": ".flac", "opus": ".opus", "aac": ".m4a"}
WRITERS: dict[str, Callable[[Path], Any]] = {
    "flac": lambda path: FlacWriter(path, sample_rate=RATE, channels=2),
    "opus": OpusWriter,
    "aac": AacWriter,
}


@dataclass(frozen=True, slots=True)
class MixResult:
    """What was rendered.

    ``files``: format to path. ``start_ms``: session time of the first frame. ``stems``: ids of the
    stems that sound, in the order given. ``loudness_lufs`` is of the finished sound (None below
    400 ms or the gate), ``gain_db`` what was applied to all, ``limited_db`` the deepest dip of the
    limiter (0 or less).
    """

    files: dict[str, Path]
    start_ms: float
    duration_ms: float
    frames: int
    sample_rate: int
    stems: tuple[str, ...]
    loudness_lufs: float | None
    gain_db: float
    limited_db: float


def render(
    stems: Sequence[MixStem],
    out_dir: Path,
    *,
    progress: Callable[[float], None] = lambda _: None,
    formats: Sequence[str] = ("flac", "opus", "aac"),
    name: str = "mix",
    max_minutes: float = 240.0,
) -> MixResult:
    """Mix the audible ``stems`` into ``out_dir``/``name``.flac, .opus and .m4a, stereo at 48 kHz.

    The mix begins with the earliest stem and ends with the latest. ``progress`` is called in the
    caller's thread with rising values up to 1.0; an exception from it cancels the rendering. Files
    appear all at the end under their names or, on any error, not at all. Needs 23 MB a minute of
    room in ``out_dir`` for its (nameless) temporary file, about 10 MB of memory for each stem.

    Raises `UnreadableStem` naming the stem, `NothingToMix` when no stem is audible, `MixTooLong`,
    `ValueError` for an unknown format, `OSError` from the disk.
    """
    if unknown := set(formats) - set(SUFFIX):
        raise ValueError(f"unknown formats: {', '.join(sorted(unknown))}")
    audible = [stem for stem in stems if stem.audible]
    if not audible:
        raise NothingToMix("no audible stem")
    with ExitStack() as stack:
        sources: list[StemSource] = []
        for stem in audible:
            sources.append(StemSource(stem))
            stack.callback(sources[-1].close)
        start_ms, frames = _place(sources, max_minutes)
        spill = stack.enter_context(tempfile.TemporaryFile(dir=out_dir))
        progress(0.0)
        loudness, peak = _sum(sources, frames, spill, lambda part: progress(part * FIRST_PASS))
        if peak < 10 ** (SILENT_DBFS / 20):
            raise NothingToMix("all stems are silent")
        gain_db = _gain_db(loudness, peak)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=out_dir, prefix=".mix-")))
        parts = {kind: folder / f"{name}{SUFFIX[kind]}" for kind in dict.fromkeys(formats)}
        # 0.99 at most: 1.0 is said when the files have their names.
        finished, limited_db = _encode(
            spill,
            frames,
            gain_db,
            parts,
            lambda part: progress(FIRST_PASS + part * (0.99 - FIRST_PASS)),
        )
        files = {kind: part.replace(out_dir / part.name) for kind, part in parts.items()}
    progress(1.0)
    return MixResult(
        files=files,
        start_ms=start_ms,
        duration_ms=frames * 1000.0 / RATE,
        frames=frames,
        sample_rate=RATE,
        stems=tuple(stem.stem_id for stem in audible),
        loudness_lufs=finished,
        gain_db=gain_db,
        limited_db=limited_db,
    )


def _place(sources: Sequence[StemSource], max_minutes: float) -> tuple[float, int]:
    """Give every source its first frame; the mix's start (session ms) and length (frames)."""
    start_ms = min(source.stem.start_ms for source in sources)
    for source in sources:
        source.start = round((source.stem.start_ms - start_ms) * RATE / 1000)
    frames = max(source.start + source.frames for source in sources)
    if frames > max_minutes * 60 * RATE:
        raise MixTooLong(f"{frames / RATE / 60:.0f} minutes; {max_minutes:g} are allowed")
    if frames == 0:
        raise NothingToMix("all stems are empty")
    return start_ms, frames


def _threads(stems: int) -> int:
    return max(1, min(stems, len(os.sched_getaffinity(0))))


def _sum(
    sources: Sequence[StemSource],
    frames: int,
    spill: BufferedRandom,
    progress: Callable[[float], None],
) -> tuple[float | None, float]:
    """Write the plain sum as float32 stereo to ``spill``; its loudness (LUFS) and sample peak."""
    meter = LoudnessMeter()
    peak = 0.0

    def keep(block: Samples) -> None:
        nonlocal peak
        spill.write(block.data)
        meter.push(block)
        peak = max(peak, float(block.max()), -float(block.min()))

    with ExitStack() as stack:
        pool = ThreadPoolExecutor(_threads(len(sources)))
        stack.callback(pool.shutdown, cancel_futures=True)
        lane = stack.enter_context(Lane())
        waiting = [pool.submit(source.block, 0, min(BLOCK, frames)) for source in sources]
        for begin in range(0, frames, BLOCK):
            end = min(begin + BLOCK, frames)
            block: Samples = np.zeros((end - begin, 2), dtype=np.float32)
            for place, source in enumerate(sources):
                part = waiting[place].result()
                if end < frames:  # the next second is decoded while this one is added
                    upto = min(end + BLOCK, frames)
                    waiting[place] = pool.submit(source.block, end, upto)
                if part is not None:
                    first, samples = part
                    into = block[first - begin : first - begin + len(samples)]
                    np.add(into, samples, out=into)
            lane.put(partial(keep, block))
            progress(end / frames)
    return meter.integrated(), peak


def _gain_db(loudness: float | None, peak: float) -> float:
    """Gain towards the target; by peak alone where loudness is not defined."""
    headroom = CEILING_DBTP - 20 * math.log10(peak)
    if loudness is None:
        return min(headroom, MAX_GAIN_DB)
    return min(TARGET_LUFS - loudness, headroom + MAX_LIMITING_DB, MAX_GAIN_DB)


def _encode(
    spill: BufferedRandom,
    frames: int,
    gain_db: float,
    parts: dict[str, Path],
    progress: Callable[[float], None],
) -> tuple[float | None, float]:
    """Write the files; the finished sound's loudness and the limiter's deepest dip in dB."""
    gain = np.float32(10 ** (gain_db / 20))
    limiter = Limiter(10 ** (CEILING_DBTP / 20))
    meter = LoudnessMeter()
    spill.seek(0)
    with ExitStack() as stack:
        lanes: list[tuple[Lane, Callable[[Samples], None]]] = []
        for kind, path in parts.items():
            writer = WRITERS[kind](path)
            stack.enter_context(writer)
            # A lane is left, and so drained, before its writer is closed.
            lanes.append((stack.enter_context(Lane()), writer.write))
        for begin in range(0, frames, BLOCK):
            count = min(BLOCK, frames - begin)
            block: Samples = np.empty((count, 2), dtype=np.float32)
            if spill.readinto(block.data.cast("B")) != block.nbytes:
                raise OSError("the temporary file is shorter than what was written")
            np.multiply(block, gain, out=block)
            decided = limiter.push(block)
            if begin + count == frames:
                decided = np.concatenate((decided, limiter.flush()))
            if len(decided):
                for lane, write in lanes:
                    lane.put(partial(write, decided))
                meter.push(decided)
            progress((begin + count) / frames)
    return meter.integrated(), 20 * math.log10(limiter.least_gain)
