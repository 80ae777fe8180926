"""What the gate adds to "the newest 20", on a large set, beside the same query without it.

100,000 recordings, 300,000 stems. The SQL is what the gate writes; it runs on one connection by
plans that are kept, as on the website, both kinds in turn, medians count. Time is PostgreSQL's and
the way there, not Django's.
"""

import statistics
import time
from typing import Any

from bench.data import statements
from bench.kept import connected, prepare
from bench.place import place
from bench.rows import Row, row

RECORDINGS, PEOPLE, ROUNDS = 100_000, 10_000, 60


def measure() -> list[Row]:
    with (
        place().database("gate") as url,
        connected(url) as connection,
    ):
        begun = time.monotonic()
        for statement in statements(RECORDINGS, PEOPLE):
            connection.execute(statement)
            connection.execute("analyze")
        loaded = time.monotonic() - begun
        deep = connection.execute(
            "select created_at, id from sessions_app_recording order by created_at, id limit 1"
            f" offset {RECORDINGS // 10}"
        ).fetchone()
        return [
            _row(name, *_times(connection, f"list_{number}", gated, plain), loaded)
            for number, (name, gated, plain) in enumerate(_queries(deep))
        ]


def _queries(deep: Any) -> list[tuple[str, Any, Any]]:
    """Return each list's name, its query through the gate, and the same without the gate."""
    from foundation.paging import earlier_than
    from privacy.gate.access import visible
    from privacy.gate.viewer import NOBODY, Viewer
    from sessions_app.models import Recording

    def newest(rows: Any) -> Any:
        return rows.order_by("-created_at", "-pk")[:20].query.sql_with_params()

    every = Recording.objects.all()
    far = every.filter(earlier_than(*deep))
    member = Viewer(42)
    return [
        ("newest 20 visible, anonymous", newest(visible(every, NOBODY)), newest(every)),
        ("newest 20 visible, member", newest(visible(every, member)), newest(every)),
        ("20 visible far down, member", newest(visible(far, member)), newest(far)),
    ]


def _times(connection: Any, name: str, gated: Any, plain: Any) -> tuple[float, float]:
    times: dict[bool, list[float]] = {True: [], False: []}
    kept = {
        True: prepare(connection, f"{name}_gated", gated),
        False: prepare(connection, f"{name}_plain", plain),
    }
    for number in range(ROUNDS):
        for through_gate, (sql, parameters) in kept.items():
            begun = time.perf_counter()
            rows = connection.execute(sql, parameters).fetchall()
            if number >= 5:
                times[through_gate].append((time.perf_counter() - begun) * 1000)
            if len(rows) != 20:
                raise RuntimeError(f"{len(rows)} rows instead of 20")
    return statistics.median(times[True]), statistics.median(times[False])


def _row(name: str, value: float, floor: float, loaded: float) -> Row:
    note = (
        f"{RECORDINGS:,} recordings (loaded in {loaded:.0f} s); floor: the query without the gate"
    )
    return row(f"gate: {name}", value, floor, unit="ms", better="lower", note=note)
