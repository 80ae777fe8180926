"""The API list beside the same SQL without a framework, and pages beside an empty view.

All servers run with one worker process on loopback, 16 connections ask at once; ours is granian
as `manage.py up` starts it. Ours and the floor take turns, medians of the turns count. What the
database holds is told in `bench.visits`.
"""

import json
import re
import statistics
import urllib.request
from typing import Any

from bench.load import Load, drive
from bench.place import free_port, granian, place, uvicorn
from bench.rows import Row, row, unmeasured
from bench.visits import EMPTY, LIST, RECORDINGS, Visit, visits

ROUNDS, SECONDS, WARM = 3, 2.0, 1.0
PAGE_SECONDS = 1.5  # they are many
UNIT = "requests/s"


def measure() -> list[Row]:
    services = place()
    pages = [visit for visit in visits() if visit.path != LIST]
    cookies = {visit.who: visit.cookie for visit in visits() if visit.path == LIST}
    statements = {who: _statements(LIST, cookie) for who, cookie in cookies.items()}
    sql = services.folder / "statements.json"
    sql.write_text(json.dumps({_path(who): _opened(sent) for who, sent in statements.items()}))
    ours, floor = free_port(), free_port()
    services.serve("web", granian(ours), ours)
    services.serve("floor", uvicorn(floor), floor, BENCH_SQL=str(sql))
    try:
        rows = [_list(who, cookies[who], len(statements[who]), ours, floor) for who in cookies]
        return rows + _pages(pages, ours)
    finally:
        services.stop("web", "floor")


def _path(who: str) -> str:
    return f"/{who.replace(' ', '-')}/"


def _list(who: str, cookie: str, count: int, ours: int, floor: int) -> Row:
    """Compare the list for one kind of viewer."""
    mine = _fetch(ours, LIST, cookie)["results"]
    theirs = _fetch(floor, _path(who))["results"]
    if mine != theirs or len(mine) != 20:
        raise RuntimeError("the floor doesn't answer what the API answers")
    turns = {"ours": (ours, LIST, cookie), "floor": (floor, _path(who), "")}
    loads = _in_turn(turns)
    share = max(load.share for load in loads["ours"] + loads["floor"])
    note = (
        f"{count} SQL queries, {RECORDINGS:,} recordings, 16 connections; floor: psycopg + orjson, "
        f"ASGI, uvicorn; p95 {_median(loads['ours'], 'p95'):.0f} ms against "
        f"{_median(loads['floor'], 'p95'):.0f}; own load generator, {share:.0%} of a core at most"
    )
    rate, least = (_median(loads[name], "rate") for name in ("ours", "floor"))
    return row(f"API list of 20, {who}", rate, least, unit=UNIT, better="higher", note=note)


def _pages(pages: list[Visit], port: int) -> list[Row]:
    """Compare pages, each for the kinds of viewers it has, with a view that does nothing."""
    rows, queries = [], {}
    for visit in pages:
        try:
            queries[visit] = len(_statements(visit.path, visit.cookie))
        except Exception as error:  # the others are measured nevertheless
            rows.append(unmeasured(visit.name, error, unit=UNIT, better="higher"))
    asked = {visit.name: (port, visit.path, visit.cookie) for visit in queries}
    loads = _in_turn({"empty": (port, EMPTY, ""), **asked}, PAGE_SECONDS)
    floor = _median(loads["empty"], "rate")
    for visit, count in queries.items():
        load = loads[visit.name]
        note = f"{count} SQL queries; p95 {_median(load, 'p95'):.0f} ms; floor: empty view"
        note += f"; {visit.note}" if visit.note else ""
        rate = _median(load, "rate")
        rows.append(row(visit.name, rate, floor, unit=UNIT, better="higher", note=note))
    return rows


def _in_turn(
    targets: dict[str, tuple[int, str, str]], seconds: float = SECONDS
) -> dict[str, list[Load]]:
    for port, path, cookie in targets.values():
        drive(port, path, cookie=cookie, seconds=WARM)
    loads: dict[str, list[Load]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, (port, path, cookie) in targets.items():
            loads[name].append(drive(port, path, cookie=cookie, seconds=seconds))
    return loads


def _median(loads: list[Load], value: str) -> float:
    return statistics.median(getattr(load, value) for load in loads)


def _statements(path: str, cookie: str) -> list[str]:
    """Return the SQL that one request sends, values included."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1", "cookie": cookie})
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
        statements = [query["sql"] for query in captured.captured_queries]
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return statements


def _opened(statements: list[str]) -> list[str]:
    """Leave the place of the keys open in the statement that asks for the rest by key."""
    *before, last = statements
    opened, times = re.subn(r"(?i)any\('\{[\d,]+\}'", "any('{{keys}}'", last)
    if times != 1:
        raise RuntimeError("the last statement of the list is not the one that asks by key")
    return [*before, opened]


def _fetch(port: int, path: str, cookie: str = "") -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
