"""Restoring: beside the old database, cleaned, and only then in its place.

Nothing serves the restored database before it is clean, because no running process is configured
with its name. Interrupted at any point, the old site is as it was (or, after the last step, the
new one is in place), and the command can be run again from the beginning.
"""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from foundation.work import workshop
from privacy.backups import archive, catalogue, tools
from privacy.backups.cleaning import Decision
from privacy.backups.tools import Failed

Say = Callable[[str], None]


def run(
    name: str,
    identity: str,
    *,
    decision: Decision | None = None,
    keep_old: bool = False,
    say: Say = print,
) -> None:
    """Bring back one backup of the catalogue; raises `Failed` and changes nothing otherwise.

    `identity` is the age secret key; `decision` has it finished even with traces. The site must be
    stopped: a database that somebody uses can't change its place.
    """
    if not catalogue.place().exists(name):
        raise Failed(f"There is no backup {name}: see `manage.py backup --list`.")
    database = connection.settings_dict["NAME"]
    connection.close()
    _demand_nobody_else(database)
    side = f"{database}_restored_{uuid.uuid4().hex[:8]}"
    media = Path(settings.MEDIA_ROOT)
    staging = media.with_name(f"{media.name}.restored")
    shutil.rmtree(staging, ignore_errors=True)
    with workshop() as folder, _server() as server:
        say("Reading, decrypting and checking the backup …")
        _unpack(name, identity, folder)
        say("Filling a database beside the old one …")
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(side)))
        try:
            dump = folder / archive.DUMP
            tools.run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
                      f"--dbname={side}", str(dump), database=side)  # fmt: skip
            dump.unlink()
            (folder / "media").mkdir(exist_ok=True)
            shutil.move(folder / "media", staging)
            say("Erasing again whoever was erased since, and looking for traces …")
            _clean(name, side, staging, decision, say)
        except BaseException:
            _drop(server, side)
            shutil.rmtree(staging, ignore_errors=True)
            raise
        say("Putting it in place …")
        _swap(server, database, side, media, staging, keep_old=keep_old)
    say("Restored. Start the site again.")


def _unpack(name: str, identity: str, folder: Path) -> None:
    store = catalogue.place()
    entry = {entry["file"]: entry for entry in catalogue.entries()}.get(name)
    with store.open(name, "rb") as source:
        hashed = archive.Hashed(source)
        archive.unpack(hashed, identity, folder)  # type: ignore[arg-type]
    if entry is not None and entry["sha256"] != hashed.hash.hexdigest():
        raise Failed("The backup is not the one that the catalogue tells of.")


def _clean(name: str, side: str, media: Path, decision: Decision | None, say: Say) -> None:
    """Run `manage.py restore --clean` on the restored database and folder, in its own process."""
    options = {
        key: value
        for key, value in connection.settings_dict["OPTIONS"].items()
        if key in {"host", "port", "user", "password", "sslmode", "sslrootcert"}
    }
    more: list[str] = []
    if decision is not None:
        more = ["--accept-traces", f"--by={decision.by}", f"--because={decision.because}"]
    done = subprocess.run(  # noqa: S603  (our own arguments)
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", name, "--clean", *more],
        env={
            **os.environ,
            "DATABASE_URL": make_conninfo(dbname=side, **options),
            "MEDIA_ROOT": str(media),
            "LEDGER_PATH": str(settings.LEDGER_PATH),
        },
        capture_output=True, text=True, check=False, cwd=settings.BASE_DIR,
    )  # fmt: skip
    if done.returncode:
        raise Failed(
            "The restored database is not clean, and stays closed: "
            + (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        )
    say(done.stdout.strip())


def _swap(
    server: Any, database: str, side: str, media: Path, staging: Path, *, keep_old: bool
) -> None:
    old = f"{database}_before_{side.rpartition('_')[2]}"
    old_media = media.with_name(f"{media.name}.before-{side.rpartition('_')[2]}")
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    _demand_nobody_else(database)
    server.execute(rename.format(sql.Identifier(database), sql.Identifier(old)))
    server.execute(rename.format(sql.Identifier(side), sql.Identifier(database)))
    if media.exists():
        media.rename(old_media)
    staging.rename(media)
    if not keep_old:
        _drop(server, old)
        shutil.rmtree(old_media, ignore_errors=True)


@contextmanager
def _server() -> Iterator[Any]:
    """Connect to the server, to no database of ours."""
    names = {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGUSER": "user",
        "PGPASSWORD": "password",
        "PGSSLMODE": "sslmode",
        "PGSSLROOTCERT": "sslrootcert",
        "PGDATABASE": "dbname",
    }
    values = tools.environment("postgres")
    where = make_conninfo(**{name: values[key] for key, name in names.items() if key in values})
    with psycopg.connect(where, autocommit=True) as server:
        yield server


def _demand_nobody_else(database: str) -> None:
    with _server() as server:
        users = server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]
        ).fetchone()
    if users and users[0]:
        raise Failed("Somebody uses the database: stop the site first, then restore.")


def _drop(server: Any, database: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(database)))
