"""How fast a mix is rendered, beside the ffmpeg program doing the same work on the same files.

Four stereo stems of 60 s (24-bit FLAC, 48 kHz) become a FLAC, an Opus and an AAC file at -16 LUFS.
ffmpeg needs two runs for it, as we do two passes: one measures (`ebur128`), one applies the gain,
limits and encodes all three. Run alone: ``python -m bench.mix``. ffmpeg is Debian's (`apt-get
install ffmpeg`); without it the figure stands alone.
"""

import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from sessions_app.audio import MixStem, assemble, peaks, render

STEMS, SECONDS, RATE = 4, 60, 48_000
ROUNDS = 3


def _make_stem(path: Path, seed: int) -> None:
    """A plucked, decaying tone with overtones and a little hiss: neither silence nor pure noise."""
    random = np.random.default_rng(seed)
    time_in_note = np.arange(RATE // 2) / RATE
    chunks = []
    for number in range(SECONDS * 2):
        pitch = 110 * 2 ** (random.integers(0, 24) / 12)
        note = sum(
            np.sin(2 * np.pi * pitch * overtone * time_in_note) / overtone**1.5
            for overtone in range(1, 9)
        ) * np.exp(-time_in_note * 6)
        sides = np.stack((note, np.roll(note, 40 * (number % 3))), axis=1)
        sound = 0.2 * sides + 0.0005 * random.standard_normal(sides.shape)
        whole = np.rint(sound * (2**23 - 1)).astype("<i4")
        chunks.append(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
    raw = path.with_suffix(".pcm")
    raw.write_bytes(b"".join(chunks))
    assemble([raw], sample_rate=RATE, channels=2, out=path)
    raw.unlink()


def _ffmpeg(program: str, paths: list[Path], out: Path) -> None:
    start = [program, "-nostdin", "-hide_banner", "-nostats", "-y"]
    for path in paths:
        start += ["-i", str(path)]
    mixed = f"amix=inputs={len(paths)}:normalize=0"
    measured = subprocess.run(
        [*start, "-filter_complex", f"{mixed},ebur128=framelog=verbose", "-f", "null", "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", measured)[-1])
    chain = f"{mixed},volume={-16 - loudness:.3f}dB,alimiter=limit=0.87:level=0,asplit=3[a][b][c]"
    subprocess.run(
        [
            *start,
            "-filter_complex",
            chain,
            *("-map", "[a]", "-c:a", "flac", "-sample_fmt", "s32", str(out / "theirs.flac")),
            *("-map", "[b]", "-c:a", "libopus", "-b:a", "160k", str(out / "theirs.opus")),
            *("-map", "[c]", "-c:a", "aac", "-b:a", "192k", str(out / "theirs.m4a")),
        ],
        check=True,
        capture_output=True,
    )


def _timed(work: Any) -> tuple[float, float]:
    """Wall and processor seconds, children included."""

    def processor() -> float:
        usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, -1))
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    cpu, wall = processor(), time.perf_counter()
    work()
    return time.perf_counter() - wall, processor() - cpu


def _row(name: str, value: float, floor: float | None, note: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "floor": None if floor is None else round(floor, 3),
        "ratio": None if floor is None else round(value / floor, 2),
        "unit": "s",
        "better": "lower",
        "note": note,
    }


def measure() -> list[dict[str, Any]]:
    """Rows for the bench report: medians of 3 rounds, ours and ffmpeg's in turn."""
    program = shutil.which("ffmpeg")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"stem{number}.flac" for number in range(STEMS)]
        for number, path in enumerate(paths):
            _make_stem(path, number)
        stems = [MixStem(str(number), path) for number, path in enumerate(paths)]
        shifted = [
            MixStem(str(number), path, start_ms=number * 10.3, drift_ppm=145.0 - 60 * number)
            for number, path in enumerate(paths)
        ]
        render(stems[:1], folder)  # loads libraries, warms the page cache
        ours, theirs, drifting, drawing = [], [], [], []
        for _ in range(ROUNDS):
            ours.append(_timed(lambda: render(stems, folder)))
            if program:
                theirs.append(_timed(lambda: _ffmpeg(program, paths, folder)))
            drifting.append(_timed(lambda: render(shifted, folder)))
            drawing.append(_timed(lambda: peaks(folder / "mix.flac")))
    wall = [statistics.median(times[0] for times in run) for run in (ours, drifting, drawing)]
    processor = statistics.median(times[1] for times in ours)
    floor, note = None, "no ffmpeg program here: no floor"
    if program:
        floor = statistics.median(times[0] for times in theirs)
        their_processor = statistics.median(times[1] for times in theirs)
        done = subprocess.run([program, "-version"], check=True, capture_output=True, text=True)
        version = done.stdout.split()[2].split("-")[0]
        note = f"floor: ffmpeg {version}, two runs; "
        note += f"processor {processor:.2f} s / {their_processor:.2f} s"
    work = f"{STEMS} stems × {SECONDS} s to FLAC and Opus"
    return [
        _row(f"mix: {work}", wall[0], floor, note),
        _row(
            f"mix with drift correction: {work}",
            wall[1],
            floor,
            "same floor, which corrects no drift",
        ),
        _row(f"peaks of {SECONDS} s at 100/s", wall[2], None, "no counterpart measured"),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)
