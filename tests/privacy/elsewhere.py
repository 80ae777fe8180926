"""Another installation: a database, media and data folder of its own, worked by real processes.

`python -m tests.privacy.elsewhere <what> <json>` is what those processes run.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.warm import Warm


@dataclass
class Elsewhere:
    """One installation, made as a copy of the test's own database and media."""

    name: str
    folder: Path
    extra: dict[str, str]
    warm: dict[str, Warm] = field(default_factory=dict)  # by the environment they were begun in

    @classmethod
    def copy(cls, name: str, folder: Path, **extra: str) -> "Elsewhere":
        """Copy the database and media of the test; nothing may be in a transaction."""
        import shutil

        made = cls(f"{connection.settings_dict['NAME']}_{name}", folder, extra)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        with made.server() as server:
            names = [sql.Identifier(one) for one in (made.name, connection.settings_dict["NAME"])]
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(names[0]))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        if Path(settings.MEDIA_ROOT).exists():
            shutil.copytree(settings.MEDIA_ROOT, made.media)
        else:
            made.media.mkdir(parents=True)
        return made

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def server(self) -> Any:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, database: str | None = None) -> str:
        options = {
            key: value
            for key, value in connection.settings_dict["OPTIONS"].items()
            if key in {"host", "port", "user", "password"}
        }
        return make_conninfo(dbname=database or self.name, **options)

    def databases(self) -> list[str]:
        """Return the databases of this installation and what a restore may have left."""
        with self.server() as server:
            rows = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
                [self.name],
            ).fetchall()
        return [name for (name,) in rows]

    def drop(self) -> None:
        for one in self.warm.values():
            one.close()
        with self.server() as server:
            for name in self.databases():
                server.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
                )

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self._run("manage.py", *arguments)

    def do(self, what: str, **values: Any) -> Any:
        """Run one of this module's actions there; return what it answers."""
        environment = self.environment()
        key = json.dumps(environment, sort_keys=True)
        if key not in self.warm:
            self.warm[key] = Warm("django", environment=environment, folder=settings.BASE_DIR)
        done = self.warm[key].run("-m", "tests.privacy.elsewhere", what, json.dumps(values))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *command], cwd=settings.BASE_DIR, env=self.environment(),
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.extra,
            "DATABASE_URL": self.url(),
            "REDIS_URL": settings.REDIS_URL,
            "MEDIA_ROOT": str(self.media),
            "JAMSITE_DATA": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "jamsite.settings.test",
        }


def erase(username: str) -> str:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from privacy import erasure
    from privacy.models import Erasure
    from tests.told import deliver

    row = erasure.request(User.objects.get(username=username))
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    deliver()
    row.refresh_from_db()
    return str(row.stage)


def leave(username: str) -> str:
    from accounts.models import User
    from privacy import erasure

    return erasure.request(User.objects.get(username=username)).due_at.isoformat()


def come_back(username: str) -> None:
    from accounts.models import User
    from privacy import erasure

    erasure.cancel(User.objects.get(username=username))


def state(username: str) -> list[str]:
    from accounts.models import User
    from privacy import erasure

    user = User.objects.get(username=username)
    pending = erasure.open_erasure(user)
    return [str(user.state), pending.due_at.isoformat() if pending else ""]


def traces(marks: list[str]) -> list[str]:
    """Return which of the marks stand anywhere in that installation's database and folders."""
    from tests.privacy.traces import contents, found, rows

    files = []
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        files.append(("folder", str(path)))
        if path.is_file():
            files += contents("", path.read_bytes())
    return sorted(found(set(marks), [*rows(), *files]))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
