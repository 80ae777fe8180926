"""Services, data and servers for the benches: everything in one temporary folder, on loopback."""

import atexit
import functools
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jamsite.embedded import ports, services, site
from jamsite.embedded.paths import PROJECT
from jamsite.embedded.site import WEB_OPTIONS, manage, python
from jamsite.embedded.supervisor import Child

SETTINGS = "bench.settings"
SOCKETS = "jamsite.asgi:application"
EMPTY = "empty"  # the migrated database that every further one is a copy of; nobody fills it


@dataclass(frozen=True)
class Place:
    """Running services with an empty, migrated database, and Django set up to use it."""

    folder: Path
    running: services.Services

    def serve(self, name: str, argv: list[str], port: int, **environment: str) -> None:
        """Start a server and wait until it listens."""
        child = Child(name, argv, environment, PROJECT, ready=_listens(port))
        self.running.supervisor.start(child, within=60)

    def stop(self, *names: str) -> None:
        self.running.supervisor.stop(*names)

    @contextmanager
    def sockets(
        self, application: str = SOCKETS, name: str = "sockets"
    ) -> Iterator[tuple[str, str]]:
        """Run the socket server as `manage.py up` does; give its address and its pages' origin."""
        place = site.Place("127.0.0.1", free_port(), free_port())
        child = next(child for child in site.front(place, {}) if child.name == "sockets")
        argv = [application if word == SOCKETS else word for word in child.argv]
        self.serve(name, argv, place.socket_port, **place.environment({}))
        try:
            yield f"ws://127.0.0.1:{place.socket_port}", place.url
        finally:
            self.stop(name)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Give the address of one more database, as empty as the first was; drop it after."""
        names = [sql.Identifier(database) for database in (name, EMPTY)]
        with psycopg.connect(self.running.database_url, autocommit=True) as server:
            server.execute(sql.SQL("create database {} template {}").format(*names))
        try:
            yield make_conninfo(self.running.database_url, dbname=name)
        finally:
            with psycopg.connect(self.running.database_url, autocommit=True) as server:
                server.execute(sql.SQL("drop database {} (force)").format(names[0]))

    def processor(self, name: str) -> float:
        """Return the processor seconds that a server has used so far."""
        times = [process.cpu_times() for process in self.processes(name)]
        return sum(spent.user + spent.system for spent in times)

    def processes(self, name: str) -> list[psutil.Process]:
        """Return the processes of a server, without the one that watches over it."""
        leash = psutil.Process(self.running.supervisor.pid(name))
        children: list[psutil.Process] = leash.children(recursive=True)
        return children

    def fill(self, recordings: int) -> None:
        """Fill the database, the first time."""
        from django.db import connection

        from bench import data

        with connection.cursor() as cursor:
            cursor.execute("select exists (select from sessions_app_recording)")
            if not cursor.fetchone()[0]:
                data.fill(cursor, recordings)
                data.acquaint(cursor)


@functools.cache
def place() -> Place:
    """Start what the benches stand on, once; it ends with the program."""
    folder = Path(tempfile.mkdtemp(prefix="jamsite-bench-"))
    running = services.start(folder, durable=False, environment={})
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(running.close)
    os.environ.update(running.environment)
    os.environ.update(JAMSITE_DATA=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS)
    if running.supervisor.run(Child("migrate", manage("migrate", "--no-input"), {}, PROJECT)):
        raise RuntimeError(running.supervisor.log("migrate").path.read_text())
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        connection.execute(f"create database {EMPTY} template {connection.info.dbname}")
    import django

    django.setup()
    return Place(folder, running)


def granian(port: int, workers: int = 1) -> list[str]:
    """Return the command of the web server, as `manage.py up` runs it, with so many workers."""
    return python(
        *("-m", "granian", *WEB_OPTIONS),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
    )


def uvicorn(port: int) -> list[str]:
    return python(
        *("-m", "uvicorn", "bench.floor:application", "--host", "127.0.0.1"),
        *("--port", str(port), "--no-access-log", "--log-level", "warning"),
    )


def pss(processes: list[psutil.Process]) -> float:
    """Return the memory of processes together, MiB; what several share counts by its parts."""
    return float(sum(process.memory_full_info().pss for process in processes)) / 2**20


def free_port() -> int:
    return ports.choose()


def _listens(port: int) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    return ready
