"""One row of the report."""

import math
import sys
import traceback
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def row(
    name: str, value: float | None, floor: float | None, *, unit: str, better: str, note: str = ""
) -> Row:
    """Return a figure beside its floor; `ratio` is value / floor, whichever way is better."""
    ratio = None if value is None or not floor else round(value / floor, 4)
    return {
        "name": name,
        "value": None if value is None else round(value, 3),
        "floor": None if floor is None else round(floor, 3),
        "ratio": ratio,
        "unit": unit,
        "better": better,
        "note": note,
    }


def unmeasured(name: str, error: Exception, *, unit: str, better: str) -> Row:
    """Return the row of what couldn't be measured: no figure, and the reason."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    why = f"not measured: {type(error).__name__}: {error}".splitlines()[0]
    return row(name, None, None, unit=unit, better=better, note=why[:300])


def attempt(name: str, unit: str, better: str, work: Callable[[], list[Row]]) -> list[Row]:
    """Return the rows that `work` measures, or the one that says why it couldn't.

    So one page that is broken costs its own row, and not those of the others.
    """
    try:
        return work()
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return [unmeasured(name, error, unit=unit, better=better)]


def is_measured(row: Row) -> bool:
    return row["value"] is not None and math.isfinite(row["value"])
