"""Whether plans that are kept serve also whom they weren't made for, on 1,000,000 recordings.

A kept plan is generic: PostgreSQL makes it without the values. What suits most could be wrong for
somebody who follows 20,000 people, or before a table of another size. So each statement of the
pages of `bench.visits` is run both ways in turn, in the place of the page's own and as its viewer:
by the kept plan, and planned for its values (planning included), which is the floor. There is a row
for each page, and one for each statement that takes more than 1 ms either way.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench.place import place
from bench.rows import Row, row

RECORDINGS, PEOPLE, FOLLOWED, VIEWER = 1_000_000, 100_000, 20_000, 42
ROUNDS, WARM, WORTH_A_ROW = 9, 6, 1.0  # ms


def measure() -> list[Row]:
    from bench import people as musicians
    from bench.data import statements, talk

    musicians_of = musicians.fill(PEOPLE, VIEWER)
    with (
        place().database("plans") as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        filling = [
            *statements(RECORDINGS, PEOPLE), *musicians_of, *talk(PEOPLE, 4, PEOPLE), _follows(),
        ]  # fmt: skip
        for statement in filling:
            connection.execute(statement)
        connection.execute("vacuum analyze")
        theirs = make_conninfo(os.environ["WEB_DATABASE_URL"], dbname=connection.info.dbname)
        environment = {**os.environ, "DATABASE_URL": url, "WEB_DATABASE_URL": theirs}
        asked = _child("visits", "", environment)
        answer = _child("front", asked, environment)
    return list(_rows(json.loads(answer)))


def _child(part: str, given: str, environment: dict[str, str]) -> str:
    """Run a part of this in a process of its own; return the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.plans", part], input=given, env=environment,
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return done.stdout.splitlines()[-1]


def _follows() -> str:
    return f"""insert into accounts_follow (public_id, follower_id, followee_id, state, created_at)
        select substr(md5('f' || id), 1, 22), {VIEWER}, id, 'accepted', now()
        from accounts_user where id <> {VIEWER} and id % {PEOPLE // FOLLOWED} = 0
        on conflict do nothing"""


def _rows(pages: dict[str, list[tuple[str, float, float]]]) -> Iterator[Row]:
    scale = f"{RECORDINGS:,} recordings, {PEOPLE:,} people, of whom the member follows {FOLLOWED:,}"
    for page, statements in pages.items():
        kept, anew = sum(times[1] for times in statements), sum(times[2] for times in statements)
        yield row(f"plans: {page}", kept, anew, unit="ms", better="lower",
                  note=f"{len(statements)} statements by kept plans; {scale}")  # fmt: skip
        for name, one, other in statements:
            if max(one, other) > WORTH_A_ROW:
                yield row(f"plan: {page}, {name}", one, other, unit="ms", better="lower",
                          note=f"median of {ROUNDS}")  # fmt: skip


# In processes that use that database ----------------------------------------------------------


def _visits() -> list[tuple[str, str, str]]:
    """Sign the member in; return each page's name, path and cookie."""
    import django

    django.setup()
    from bench.visits import asked

    return [(visit.name, visit.path, visit.cookie) for visit in asked()]


def _front() -> dict[str, list[tuple[str, float, float]]]:
    from bench.front import asking

    ask = asking()
    statements = {}
    for name, path, cookie in json.load(sys.stdin):
        for _ in range(WARM):
            ask(path, cookie)
        statements[name] = _both_ways(ask, path, cookie)
    return statements


def _both_ways(ask: Any, path: str, cookie: str) -> list[tuple[str, float, float]]:
    """Return each kept statement of a page, by its kept plan and by one for its values, ms."""
    from django.db import connection

    from bench.front import by_kept_plan

    times: dict[str, tuple[list[float], list[float]]] = {}

    def both(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, parameters, many, context)
        raw = context["connection"].connection
        kept = by_kept_plan(raw, sql, parameters or ())
        if kept is not None:
            table = sql[sql.find(" FROM ") + 6 :].split(" ", 1)[0].strip('"')
            number = sum(name.startswith(f"{table} ") for name in times)
            theirs = times.setdefault(f"{table} {number}", ([], []))
            for _ in range(ROUNDS):
                theirs[0].append(_timed(raw, *kept))
                theirs[1].append(_timed(raw, f"/* for its values */ {sql}", parameters))
        return answer

    with connection.execute_wrapper(both):
        ask(path, cookie)
    medians = statistics.median
    return [(name, medians(kept), medians(anew)) for name, (kept, anew) in times.items()]


def _timed(raw: Any, sql: str, parameters: Any) -> float:
    with raw.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(sql, parameters).fetchall()
        return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps({"visits": _visits, "front": _front}[sys.argv[1]]()))
