"""``python -m bench``: measure everything, or what is named; print a table, write results.json."""

import importlib
import json
import logging
import sys
import time
import traceback
from pathlib import Path

from bench.rows import Row, row

COLUMNS = {"name", "value", "floor", "ratio", "unit", "better", "note"}
RESULTS = Path(__file__).with_name("results.json")
MEASURES = {  # name: module with `measure() -> list[dict]`, and what its figures are measured in
    "http": ("bench.http", "requests/s", "higher"),
    "gate": ("bench.gate", "ms", "lower"),
    "large": ("bench.large", "ms", "lower"),
    "people": ("bench.people", "ms", "lower"),
    "erasure": ("bench.erasure", "rows/s", "higher"),
    "signin": ("bench.signin", "sign-ins/s", "higher"),
    "mix": ("bench.mix", "s", "lower"),
    "export": ("bench.export", "s", "lower"),
    "sockets": ("bench.sockets", "ms", "lower"),
    "live": ("bench.live", "ms", "lower"),
}


def run(name: str) -> list[Row]:
    """Run one measure. One that can't run here is a row that says so, and no figure."""
    module, unit, better = MEASURES[name]
    try:
        rows: list[Row] = importlib.import_module(module).measure()
        odd = [one for one in rows if set(one) != COLUMNS]
        if odd:
            raise ValueError(f"a row has other columns: {odd[0]}")
    except Exception as error:
        traceback.print_exc()
        why = f"not measured: {type(error).__name__}: {error}".splitlines()[0]
        rows = [row(name, None, None, unit=unit, better=better, note=why[:300])]
    return rows


def table(rows: list[Row]) -> str:
    head = ["", "value", "floor", "ratio", "unit", "better"]
    cells = [
        [
            one["name"],
            *("–" if one[key] is None else f"{one[key]:,.3g}" for key in ("value", "floor")),
            "–" if one["ratio"] is None else f"{one['ratio']:.3f}",
            one["unit"],
            one["better"],
        ]
        for one in rows
    ]
    widths = [max(len(line[column]) for line in [head, *cells]) for column in range(len(head))]
    lines = []
    for line, note in zip([head, *cells], ["", *(one["note"] for one in rows)], strict=True):
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


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"There is no bench named {', '.join(unknown)}; there are {', '.join(MEASURES)}.")
        return 2
    logging.getLogger("websockets").setLevel(logging.WARNING)
    rows: list[Row] = []
    for name in names or MEASURES:
        begun = time.monotonic()
        rows += run(name)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    print(table(rows))
    return 0 if all(one["value"] is not None for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
