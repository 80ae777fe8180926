"""A whole site of its own: `manage.py up` in a temporary folder, looked at from outside."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests import prepared
from tests.up.processes import PROJECT, clean_environment

LINK = re.compile(r"https?://\S+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """A running Jamsite, its address, its database, its mail."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.socket_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = clean_environment({"JAMSITE_DATA": str(folder), **environment})
        self._output = (folder.parent / "up.log").open("wb")
        if not (folder / "postgres").exists():
            prepared.give(folder)
        self.process = subprocess.Popen(
            [
                sys.executable, "manage.py", "up", "--no-demo",
                "--port", str(self.port), "--socket-port", str(self.socket_port),
            ],
            cwd=PROJECT, env=self._env, stdout=self._output, stderr=self._output,
        )  # fmt: skip

    def wait(self, seconds: float = 240) -> None:
        """Return when the first page answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/privacy/", timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    log = (self.folder.parent / "up.log").read_text()
                    raise AssertionError(f"The site did not start:\n{log[-3000:]}") from None
                time.sleep(0.3)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        if self.process.poll() is None:
            self.process.kill()
        self._output.close()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            yield connection

    @property
    def database_url(self) -> str:
        found = json.loads((self.folder / "run" / "services.json").read_text())
        return str(found["DATABASE_URL"])

    def value(self, query: str, *parameters: Any) -> Any:
        """Return the first column of the first row, or None."""
        with self.database() as connection:
            row = connection.execute(query, parameters).fetchone()
        return row and row[0]

    def dump(self) -> str:
        """Return every row of every table as text."""
        with self.database() as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables "
                "where table_schema = 'public' order by 1"
            ).fetchall()
            rows = [
                str(row)
                for (table,) in tables
                for row in connection.execute(f'select * from "{table}"').fetchall()
            ]
        return "\n".join(rows)

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def media_bytes(self) -> bytes:
        """Return the names and contents of all media files, end to end."""
        files = sorted(path for path in self.media.rglob("*") if path.is_file())
        return b"".join(path.name.encode() + path.read_bytes() for path in files)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT, env=self._env, capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        return done.stdout
