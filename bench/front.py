"""One request at a time, in a process that is a front: run as ``python -m bench.front``.

It reads visits from its input (JSON: pairs of path and cookie) and prints what each costs. Loading
`jamsite.wsgi` first makes this process what a web server is: it signs in with the web's role,
row-level security holds it, and PostgreSQL keeps the plans of what it asks.

- Python: CPU time of the thread from the request to the end of its answer, so no waiting.
- PostgreSQL: every statement of the page runs as usual, and then once more under EXPLAIN (ANALYZE)
  on the same connection, in a transaction of its own: by its kept plan where there is one.
"""

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.visits import EMPTY

WARM, ROUNDS, EXPLAINED = 8, 40, 7
# TIMING OFF: a look at the clock for each row would count for more than the row.
RUN = "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, SUMMARY, FORMAT JSON) "
PLAN = "EXPLAIN (SUMMARY, FORMAT JSON) "

Ask = Callable[[str, str], None]


def asking() -> Ask:
    """Load the site as the web server does, and return what asks it for a page."""
    from jamsite.wsgi import application  # first: it says what this process is for

    # isort: split
    from django.conf import settings

    if not (settings.IS_FRONT and settings.ROW_SECURITY):
        raise RuntimeError("this process is no front")

    def ask(path: str, cookie: str) -> None:
        status = []
        response: Any = application(
            _environ(path, cookie), lambda line, _headers, _error=None: status.append(line)
        )
        whole = len(b"".join(response))
        response.close()  # gives the connection back to the pool
        if not status[0].startswith("200") or not (whole or path == EMPTY):
            raise RuntimeError(f"{path} answered {status[0]} with {whole} bytes")

    return ask


def _environ(path: str, cookie: str) -> dict[str, Any]:
    where, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT": "*/*",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def cost(ask: Ask, path: str, cookie: str) -> dict[str, float]:
    """Return what one page costs, milliseconds: medians over warm requests."""
    for _ in range(WARM):
        ask(path, cookie)
        ask(EMPTY, "")
    python, empty = [], []
    for _ in range(ROUNDS):  # in turn, so that what else the machine does meets both
        python.append(_cpu(ask, path, cookie))
        empty.append(_cpu(ask, EMPTY, ""))
    costs = {"python": statistics.median(python), "empty": statistics.median(empty)}
    waits = [_waited(ask, path, cookie) for _ in range(EXPLAINED)]
    costs["wait"] = statistics.median(waits)
    explained = [_explained(ask, path, cookie) for _ in range(EXPLAINED)]
    counts = {(figures["queries"], figures["kept"]) for figures in explained}
    if len(counts) != 1:
        raise RuntimeError(f"{path} sends another number of statements each time: {counts}")
    for name in explained[0]:
        costs[name] = statistics.median(figures[name] for figures in explained)
    return costs


def _cpu(ask: Ask, path: str, cookie: str) -> float:
    begun = time.thread_time_ns()
    ask(path, cookie)
    return (time.thread_time_ns() - begun) / 1e6


def _waited(ask: Ask, path: str, cookie: str) -> float:
    """Return the milliseconds between sending statements and having their answers."""
    from django.db import connection

    waited = 0.0

    def clocked(execute: Any, *about: Any) -> Any:
        nonlocal waited
        begun = time.perf_counter()
        try:
            return execute(*about)
        finally:
            waited += 1000 * (time.perf_counter() - begun)

    with connection.execute_wrapper(clocked):
        ask(path, cookie)
    return waited


def _explained(ask: Ask, path: str, cookie: str) -> dict[str, float]:
    """Return what PostgreSQL says of one request's statements, together."""
    from django.db import connection

    sums: dict[str, float] = {
        "planning": 0.0,
        "execution": 0.0,
        "anew": 0.0,
        "queries": 0,
        "kept": 0,
    }

    def twice(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, parameters, many, context)
        raw = context["connection"].connection
        sums["queries"] += 1
        if not sql.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            raise RuntimeError(f"a page that writes can't be explained: {sql[:60]}")
        kept = by_kept_plan(raw, sql, parameters or ())
        sums["kept"] += kept is not None
        run = _explain(raw, RUN, *(kept or (sql, parameters)))
        sums["planning"] += run["Planning Time"]
        sums["execution"] += run["Execution Time"]
        sums["anew"] += _explain(raw, PLAN, sql, parameters)["Planning Time"]
        return answer

    with connection.execute_wrapper(twice):
        ask(path, cookie)
    return sums


def by_kept_plan(raw: Any, sql: str, parameters: Any) -> tuple[str, Any] | None:
    """Return the EXECUTE that the page's connection sends for a statement, if it does."""
    from foundation import database_identity
    from foundation.postgres import prepared

    now = database_identity.now()
    shape = prepared.shape(sql, parameters)
    if now is None or shape is None:
        return None
    name = prepared.of(raw).name((now.role, shape))
    return None if name is None else prepared.execution(shape, parameters, name)


def _explain(raw: Any, how: str, sql: str, parameters: Any) -> dict[str, Any]:
    """Explain on the page's own connection: its cursor tells PostgreSQL who looks."""
    with raw.cursor() as cursor:
        (answer,) = cursor.execute(f"{how}{sql}", parameters).fetchone()
    whole = json.loads(answer) if isinstance(answer, str) else answer
    plan: dict[str, Any] = whole[0]
    return plan


def main() -> None:
    """Print one line of JSON: for each visit its costs, or why it couldn't be measured."""
    ask = asking()
    costs: list[dict[str, Any]] = []
    for path, cookie in json.load(sys.stdin):
        try:
            costs.append(cost(ask, path, cookie))
        except Exception as error:
            costs.append({"error": f"{type(error).__name__}: {error}".splitlines()[0]})
    print(json.dumps(costs))


if __name__ == "__main__":
    main()
