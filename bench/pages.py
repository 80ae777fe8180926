"""What one warm request of a page costs: Python, PostgreSQL's planning, PostgreSQL's execution.

The pages are those of `bench.visits`. A process of its own answers them one by one, as a web
server would, without a network (`bench.front`). The floor is the Python of a request to a view
that does nothing. Planning and execution are what EXPLAIN (ANALYZE) says of each statement of the
page: the PostgreSQL that comes with the site brings no `pg_stat_statements`. Parsing, row-level
security's rewriting and the way to PostgreSQL are in neither; notes say how long it takes
from sending the statements to having their answers.
"""

import json
import subprocess
import sys

from bench.front import EXPLAINED, ROUNDS
from bench.place import place
from bench.rows import Row, row, unmeasured
from bench.visits import RECORDINGS, Visit, visits

PARTS = {"python": "Python", "planning": "planning", "execution": "execution"}


def measure() -> list[Row]:
    place()
    asked = visits()
    done = subprocess.run(
        [sys.executable, "-m", "bench.front"],
        input=json.dumps([[visit.path, visit.cookie] for visit in asked]),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    costs = json.loads(done.stdout.splitlines()[-1])
    pairs = list(zip(asked, costs, strict=True))
    return [_row(*pair, part) for part in PARTS for pair in pairs]


def _row(visit: Visit, cost: dict[str, float], part: str) -> Row:
    name = f"{PARTS[part]}: {visit.name}"
    if "error" in cost:
        error = RuntimeError(cost["error"])
        return unmeasured(name, error, unit="ms", better="lower")
    notes = {
        "python": (
            f"CPU time of the request's thread, median of {ROUNDS} warm requests; "
            f"{RECORDINGS:,} recordings"
        ),
        "planning": (
            f"EXPLAIN as the web's role, median of {EXPLAINED}; {cost['kept']:.0f} of the queries "
            f"by a kept plan; {cost['anew']:.1f} ms if all were planned for their values"
        ),
        "execution": (
            f"EXPLAIN (ANALYZE, TIMING OFF) as the web's role, median of {EXPLAINED}; "
            f"{cost['wait']:.1f} ms from sending the statements to having their answers"
        ),
    }
    note = f"{cost['queries']:.0f} SQL queries; {notes[part]}; floor: Python of the empty view"
    note += f"; {visit.note}" if visit.note else ""
    return row(name, cost[part], cost["empty"], unit="ms", better="lower", note=note)
