"""Requests a second of a web server with two workers, beside twice those of one worker.

Both servers are granian as `manage.py up` starts it and take turns, 16 connections ask at once,
medians of the turns count. A ratio of 1 is what two workers can reach at best, on a machine that
has processors for them, for PostgreSQL and for who asks; the empty view shows what this one has.
"""

import functools
import os
import statistics

from bench.load import drive
from bench.place import free_port, granian, place
from bench.rows import Row, attempt, row
from bench.visits import EMPTY, LIST, visits

ROUNDS, SECONDS, WARM = 3, 1.5, 1.0
UNIT = "requests/s"
ASKED = {("home", "anonymous"), ("home", "signed in")}


def measure() -> list[Row]:
    services = place()
    asked = {"empty view": (EMPTY, "")}
    for visit in visits():
        if (visit.page, visit.who) in ASKED or (visit.path == LIST and visit.cookie):
            asked[visit.name] = (visit.path, visit.cookie)
    ports = {workers: free_port() for workers in (1, 2)}
    for workers, port in ports.items():
        services.serve(f"web-{workers}", granian(port, workers), port)
    rows: list[Row] = []
    try:
        for name, (path, cookie) in asked.items():
            work = functools.partial(_rows, name, path, cookie, ports)
            rows += attempt(f"two workers: {name}", UNIT, "higher", work)
    finally:
        services.stop("web-1", "web-2")
    return rows


def _rows(name: str, path: str, cookie: str, ports: dict[int, int]) -> list[Row]:
    for port in ports.values():
        drive(port, path, cookie=cookie, seconds=WARM)
    loads: dict[int, list[float]] = {workers: [] for workers in ports}
    shares = []
    for _ in range(ROUNDS):
        for workers, port in ports.items():
            load = drive(port, path, cookie=cookie, seconds=SECONDS)
            loads[workers].append(load.rate)
            shares.append(load.share)
    one, two = (statistics.median(loads[workers]) for workers in (1, 2))
    note = (
        f"{two / one:.2f} times one worker's {one:,.0f}; floor: one worker's rate times 2; "
        f"{os.cpu_count()} processors for workers, PostgreSQL and the load generator, which took "
        f"{max(shares):.0%} of one at most"
    )
    return [row(f"two workers: {name}", two, 2 * one, unit=UNIT, better="higher", note=note)]
