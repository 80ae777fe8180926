"""`manage.py up`, whole: what runs, what refuses, and what is left when it ends."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jamsite.embedded import ports, services
from tests.up.processes import MARK, PROJECT, clean_environment, eventually, marked

START_LIMIT = 240.0  # of a machine that does other things too
STOP_LIMIT = 40.0
REFUSAL_LIMIT = 120.0


class Site:
    """`manage.py up` on a folder, as a process."""

    def __init__(self, folder: Path, *options: str, choose: bool = True) -> None:
        self.folder = folder
        self.mark = str(folder)
        self.port, self.socket_port = ports.choose(), ports.choose()
        self.output = folder.with_name(f"{folder.name}-{self.port}.txt")
        where = ("--port", str(self.port), "--socket-port", str(self.socket_port))
        self.process = up(folder, *(where if choose else ()), *options, output=self.output)

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, self.said()
            return "Ready in" in self.said()

        eventually(ready, "a banner", START_LIMIT)

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)

    def programs(self, part: str) -> set[int]:
        """Return the processes whose command holds a text, leashes left out."""
        found = {}
        for one in marked(self.mark):
            with contextlib.suppress(psutil.NoSuchProcess):
                found[one.pid] = " ".join(one.cmdline())
        return {pid for pid, text in found.items() if part in text and "leash.py" not in text}


def up(folder: Path, *options: str, output: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--no-demo", *options],
        cwd=PROJECT,
        env=clean_environment({"JAMSITE_DATA": str(folder), MARK: str(folder)}),
        stdout=output.open("w"),
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(folder: Path, *options: str) -> str:
    """Return the one sentence with which `up` refuses to start."""
    output = folder.with_name(f"{folder.name}-refusal.txt")
    process = up(folder, *options, output=output)
    assert process.wait(REFUSAL_LIMIT) == 1, output.read_text()
    assert marked(str(folder)) == []
    lines = output.read_text().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def database_of(folder: Path) -> str:
    return (services.running_urls(folder) or {})["DATABASE_URL"]


def roles_of(folder: Path) -> dict[str, int]:
    """Return how many sessions each role has in the site's database, as PostgreSQL tells."""
    address = database_of(folder).replace("jamsite@", "postgres@", 1)
    with psycopg.connect(address) as db:
        rows = db.execute(
            "select usename, count(*) from pg_stat_activity where datname = 'jamsite' group by 1"
        )
        return dict(rows.fetchall())


def what_they_know(site: Site, *programs: str) -> set[str]:
    """Return the addresses that processes were given, by the variables that are not empty."""
    known: set[str] = set()
    for program in programs:
        for pid in site.programs(program):
            given = psutil.Process(pid).environ()
            known |= {name for name in ("DATABASE_URL", "WEB_DATABASE_URL") if given.get(name)}
    return known


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    for process in marked(str(folder), folder):
        process.kill()


def test_the_site_starts_mends_itself_stops_and_starts_again_with_its_data(folder):
    site = Site(folder)
    site.wait_until_ready()
    assert site.get("/") == 200
    assert site.get("/dev/mail/") == 200
    socket.create_connection(("127.0.0.1", site.socket_port), 5).close()
    assert f"http://127.0.0.1:{site.port}/" in site.said()
    eventually(lambda: len(site.programs(" beat ")) == 1, "the scheduler")
    eventually(lambda: len(site.programs(" worker ")) == 3, "the worker and its two", START_LIMIT)

    # Pages and sockets sign in as the web, behind row-level security; jobs as the owner.
    signed_in = roles_of(folder)
    assert signed_in["jamsite_web"] >= 2, signed_in
    assert "DATABASE_URL" not in what_they_know(site, "granian", "uvicorn")
    assert "DATABASE_URL" in what_they_know(site, " worker ")

    with psycopg.connect(database_of(folder)) as db:
        db.execute("create table word as select 'kept' as word")

    first = site.programs("granian")
    assert len(first) >= 3
    os.kill(min(first), signal.SIGKILL)
    eventually(lambda: site.programs("granian").isdisjoint(first), "the old web's end")
    eventually(lambda: _answers(site), "the web again", START_LIMIT)
    assert "web was ended by SIGKILL; it starts again in 0.5 s." in site.said()

    others = refusal(folder.with_name("other"), "--port", str(site.port))
    assert others.startswith(f"Port {site.port} on 127.0.0.1 is taken by another program: stop it")
    free = ("--port", str(ports.choose()), "--socket-port", str(ports.choose()))
    twice = _refusal_beside(folder, *free)
    assert twice.startswith(f"Jamsite already runs on {folder} (process {site.process.pid}, since")

    begun = time.monotonic()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(STOP_LIMIT) == 0
    assert time.monotonic() - begun < STOP_LIMIT
    assert marked(site.mark, folder) == []
    assert "Traceback" not in site.said()

    # The usual ports are taken, by us if by nobody else: the next free ones are, for both servers.
    with socket.create_server(("127.0.0.1", ports.near("127.0.0.1", 8000))) as taken:
        again = Site(folder, choose=False)
        again.wait_until_ready()
        said = re.findall(r"http://127\.0\.0\.1:(\d+)/ *$", again.said(), re.MULTILINE)
        again.port = int(said[0])
        assert again.port != taken.getsockname()[1]
        assert again.get("/") == 200
        commands = [psutil.Process(pid).cmdline() for pid in again.programs("uvicorn")]
        (listens,) = {int(words[words.index("--port") + 1]) for words in commands}
        assert listens not in (again.port, taken.getsockname()[1])
    with psycopg.connect(database_of(folder)) as db:
        assert db.execute("select word from word").fetchall() == [("kept",)]
    again.process.kill()
    again.process.wait()
    eventually(lambda: marked(again.mark, folder) == [], "the end of all", within=5)


def test_sigterm_while_it_is_still_starting_leaves_nothing(folder):
    site = Site(folder)
    eventually((folder / "run/services.json").exists, "services", START_LIMIT)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(STOP_LIMIT) == 0
    assert marked(site.mark, folder) == []
    bringing = "Bringing the database up to date; the first time it takes a minute or two …\n"
    assert site.said().removeprefix(bringing) == "Stopped. Everything is kept.\n"


def test_services_alone(folder):
    site = Site(folder, "--services-only")
    eventually(lambda: "Ctrl-C stops them." in site.said(), "services", START_LIMIT)
    psycopg.connect(database_of(folder)).close()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(STOP_LIMIT) == 0
    assert marked(site.mark, folder) == []


def test_a_file_in_place_of_the_data_folder(folder):
    folder.write_text("")
    assert refusal(folder).startswith(f"{folder} should be a folder, and a file is in its place")


def test_a_cluster_of_another_version(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres/PG_VERSION").write_text("15")
    free = ("--port", str(ports.choose()), "--socket-port", str(ports.choose()))
    assert "was made by PostgreSQL 15, and this Jamsite brings 18" in refusal(folder, *free)


def _answers(site: Site) -> bool:
    try:
        return site.get("/") == 200
    except OSError:
        return False


def _refusal_beside(folder: Path, *options: str) -> str:
    """Return the refusal of a second `up` on a folder where a first one runs."""
    output = folder.with_name("beside.txt")
    process = up(folder, *options, output=output)
    assert process.wait(REFUSAL_LIMIT) == 1
    return output.read_text().strip()
