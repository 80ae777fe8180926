"""``python -m bench``: measure everything, or what is named; print a table, write results.json.

The table is followed by what each floor is. A row that couldn't be measured is named at the end
with its reason, and the command fails.
"""

import importlib
import json
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row, attempt, is_measured

COLUMNS = {"name", "value", "floor", "ratio", "unit", "better", "note"}
RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Measure:
    """A module with `measure() -> list[dict]`, what its figures are in, and what its floor is."""

    module: str
    unit: str
    better: str
    floor: str


MEASURES = {
    "http": Measure(
        "bench.http", "requests/s", "higher",
        "API list: the same SQL by psycopg and orjson, bare ASGI; pages: a view that does nothing",
    ),
    "pages": Measure(
        "bench.pages", "ms", "lower",
        "CPU time of a request to a view that does nothing, asked in turn with the page",
    ),
    "workers": Measure(
        "bench.workers", "requests/s", "higher",
        "twice the rate of one worker for the same request, in turn",
    ),
    "memory": Measure(
        "bench.memory", "MiB", "lower",
        "a process that has loaded the site's settings and apps, and does nothing",
    ),
    "idle": Measure(
        "bench.idle", "KiB", "lower",
        "memory: sockets of a bare ASGI application in the same server; message: no idle sockets",
    ),
    "gate": Measure("bench.gate", "ms", "lower", "the same query without the gate"),
    "large": Measure(
        "bench.large", "ms", "lower",
        "gate: the query without it; wall: the gate's query without it; growth: 10,000 recordings",
    ),
    "people": Measure(
        "bench.people", "ms", "lower",
        "find: the same words by the same indexes without the gate; growth: 10,000 people",
    ),
    "plans": Measure(
        "bench.plans", "ms", "lower", "the same statements planned for their values, in turn"
    ),
    "erasure": Measure(
        "bench.erasure", "rows/s", "higher",
        "one DELETE a table of as many rows of an equal person's",
    ),
    "signin": Measure(
        "bench.signin", "sign-ins/s", "higher", "a bare bcrypt check of the same cost"
    ),
    "mix": Measure(
        "bench.mix", "s", "lower",
        "ffmpeg mixes, limits and encodes the same stems; the peaks have no counterpart",
    ),
    "export": Measure(
        "bench.export", "s", "lower", "COPY of the rows as JSON, and the files by zipfile"
    ),
    "sockets": Measure(
        "bench.sockets", "ms", "lower",
        "clock: the same without the flood; messages: every frame that was to arrive",
    ),
    "rooms": Measure(
        "bench.rooms", "ms", "lower",
        "the same frames through a bare ASGI application that publishes them in Valkey",
    ),
    "live": Measure(
        "bench.live", "ms", "lower", "plain WebRTC audio between the same two pages"
    ),
}  # fmt: skip


def run(name: str) -> list[Row]:
    """Run one measure. One that can't run here is a row that says so, and no figure."""
    about = MEASURES[name]

    def work() -> list[Row]:
        rows: list[Row] = importlib.import_module(about.module).measure()
        odd = [row for row in rows if set(row) != COLUMNS]
        if odd:
            raise ValueError(f"a row has other columns: {odd[0]}")
        if not rows:
            raise ValueError("there are no rows")
        return rows

    return attempt(name, about.unit, about.better, work)


def table(rows: list[Row]) -> str:
    head = ["", "value", "floor", "ratio", "unit", "better"]
    cells = [
        [
            row["name"],
            *("–" if row[key] is None else f"{row[key]:,.3g}" for key in ("value", "floor")),
            "–" if row["ratio"] is None else f"{row['ratio']:.3f}",
            row["unit"],
            row["better"],
        ]
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *cells]) for column in range(len(head))]
    lines = []
    for line, note in zip([head, *cells], ["", *(row["note"] for row in rows)], strict=True):
        name, *rest = line
        aligned = [name.ljust(widths[0])]
        aligned += [
            cell.rjust(width) if place < 3 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(rest, widths[1:], strict=True))
        ]
        lines.append("  ".join(aligned).rstrip())
        if note:
            lines.append(f"    {note}")
    return "\n".join(lines)


def floors(names: list[str]) -> str:
    """Return what the floors are that rows stand beside, a line for each measure."""
    return "\n".join(["Floors:", *(f"  {name}: {MEASURES[name].floor}" for name in names)])


def failures(rows: list[Row]) -> str:
    """Return what couldn't be measured, each with its reason; empty when everything was."""
    failed = [row for row in rows if not is_measured(row)]
    if not failed:
        return ""
    said = [f"  {row['name']}: {row['note'] or 'no figure'}" for row in failed]
    return "\n".join([f"Not measured ({len(failed)} of {len(rows)} rows):", *said])


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"There is no bench named {', '.join(unknown)}; there are {', '.join(MEASURES)}.")
        return 2
    logging.getLogger("websockets").setLevel(logging.WARNING)
    wanted = names or list(MEASURES)
    rows: list[Row] = []
    for name in wanted:
        begun = time.monotonic()
        rows += run(name)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    print(table(rows))
    print(floors(wanted))
    if failed := failures(rows):
        print(failed)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
