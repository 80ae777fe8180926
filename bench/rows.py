"""One row of the report."""

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
