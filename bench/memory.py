"""Memory of each process of the site: a web worker, the sockets' process, the Celery worker.

PSS: what a process shares with others counts for each by its part, so that figures add up. All are
measured in one moment, after each has done some of its work. The floor is a process that has
loaded the settings and apps and does nothing: what Django and the site's code take is in all.
"""

import asyncio
import contextlib
import dataclasses
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

from bench.clients import Door
from bench.idle import doors, holding
from bench.load import drive
from bench.place import Place, free_port, granian, place, pss
from bench.rows import Row, row, unmeasured
from bench.visits import visits
from jamsite.embedded.site import behind

LOADED = "import django, sys; django.setup(); print('loaded', flush=True); sys.stdin.read()"
SOCKETS, ASKING = 50, 1.0
JOBS, PATIENCE = ("privacy.sweep", "sessions_app.sweep") * 3, 60.0
Measured = tuple[list[psutil.Process], str]


def measure() -> list[Row]:
    services = place()
    rows: list[Row] = []
    with contextlib.ExitStack() as running:
        idle = running.enter_context(_loaded())
        measured: dict[str, Measured] = {}
        for name, start in (
            ("web worker", _web(services)),
            ("sockets' process", _sockets(services)),
            ("Celery worker, three processes", _celery(services)),
        ):
            try:
                measured[name] = running.enter_context(start)
            except Exception as error:  # the others are measured nevertheless
                rows.append(unmeasured(f"memory: {name}", error, unit="MiB", better="lower"))
        return [_row(name, *parts, pss([idle])) for name, parts in measured.items()] + rows


def _row(name: str, processes: list[psutil.Process], note: str, floor: float) -> Row:
    resident = sum(process.memory_info().rss for process in processes) / 2**20
    note = f"PSS (RSS {resident:.0f} MiB); {note}; floor: settings and apps loaded, nothing done"
    return row(f"memory: {name}", pss(processes), floor, unit="MiB", better="lower", note=note)


@contextlib.contextmanager
def _loaded() -> Iterator[psutil.Process]:
    """Run the floor's process; it ends when nothing more can come from us."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOADED], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"loaded":
            raise RuntimeError("the process of the floor didn't load the site")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate()


@contextlib.contextmanager
def _web(services: Place) -> Iterator[Measured]:
    """Start the web server; have it answer every page from all of its threads."""
    port, asked = free_port(), visits()
    services.serve("web", granian(port), port)
    try:
        for visit in asked:
            drive(port, visit.path, cookie=visit.cookie, seconds=ASKING)
        *others, worker = sorted(services.processes("web"), key=lambda process: pss([process]))
        note = (
            f"after {len(asked)} pages, each for {ASKING:.0f} s by 16 connections; granian beside "
            f"its workers takes {pss(others):.0f} MiB"
        )
        yield [worker], note
    finally:
        services.stop("web")


@contextlib.contextmanager
def _sockets(services: Place) -> Iterator[Measured]:
    """Start the socket server; have it open some sockets, which are closed when it is measured."""

    async def use(base: str, origin: str, some: list[Door]) -> None:
        async with holding(base, origin, some):
            pass
        await asyncio.sleep(2)  # it says goodbye to each

    with services.sockets() as (base, origin):
        asyncio.run(use(base, origin, doors(SOCKETS)))
        yield services.processes("sockets"), f"after {SOCKETS} sockets, none open"


@contextlib.contextmanager
def _celery(services: Place) -> Iterator[Measured]:
    """Start the worker on a queue and a database of its own; have it do the sweepers' jobs.

    What other benches put into the queue stays there: it would be done meanwhile.
    """
    queue = f"{services.running.redis_url.rpartition('/')[0]}/1"
    with services.database("celery") as database:
        about = {"DATABASE_URL": database, "REDIS_URL": queue}
        worker = dataclasses.replace(
            behind(services.folder, about)[0], ready=lambda: " ready." in _log(services)
        )
        services.running.supervisor.start(worker, within=PATIENCE)
        try:
            _send(queue)
            until = time.monotonic() + PATIENCE
            while (done := _log(services).count(" succeeded in ")) < len(JOBS):
                if time.monotonic() > until:
                    raise RuntimeError(f"the worker did {done} of {len(JOBS)} jobs in {PATIENCE} s")
                time.sleep(0.2)
            note = f"after {len(JOBS)} jobs of the sweepers; it, and two that do the jobs"
            yield services.processes("worker"), note
        finally:
            services.stop("worker")


def _send(queue: str) -> None:
    from jamsite.celery import app

    with app.connection_for_write(queue) as connection:
        for name in JOBS:
            app.send_task(name, connection=connection)


def _log(services: Place) -> str:
    path = services.running.supervisor.log("worker").path
    return path.read_text() if path.exists() else ""
