"""Starts PostgreSQL and Valkey for whoever needs them: `manage.py up`, the tests, the benches."""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jamsite.embedded.errors import StartError
from jamsite.embedded.lock import FolderLock, is_held
from jamsite.embedded.paths import prepare, run_dir

if TYPE_CHECKING:
    from jamsite.embedded.supervisor import Say

LEAST_FREE_MEGABYTES = 100


class Services:
    """Running services; a context manager that stops them. An address that the environment
    names is used as it is, and nothing is started in its place."""

    def __init__(self, folder: Path, *, durable: bool, say: "Say | None") -> None:
        # The settings read this module for addresses alone, in every process.
        from jamsite.embedded.supervisor import Supervisor, silent  # noqa: PLC0415

        self.supervisor = Supervisor(folder, say or silent)
        self.folder = folder
        self.durable = durable
        self.database_url = ""
        self.web_database_url = ""
        self.redis_url = ""
        self._lock = FolderLock(folder)
        self._after = contextlib.ExitStack()

    @property
    def environment(self) -> dict[str, str]:
        """What a child needs to find the services."""
        return {
            "DATABASE_URL": self.database_url,
            "WEB_DATABASE_URL": self.web_database_url,
            "REDIS_URL": self.redis_url,
        }

    def _start(self, given: Mapping[str, str]) -> None:
        from jamsite.embedded.postgres import Postgres, free_megabytes  # noqa: PLC0415
        from jamsite.embedded.valkey import Valkey  # noqa: PLC0415

        prepare(self.folder)
        if free_megabytes(self.folder) < LEAST_FREE_MEGABYTES:
            raise StartError(
                f"The disk that holds {self.folder} is full: free at least "
                f"{LEAST_FREE_MEGABYTES} MB and start again."
            )
        self._lock.take()
        try:
            ours = {}
            self.database_url = given.get("DATABASE_URL", "")
            self.web_database_url = given.get("WEB_DATABASE_URL", "")
            if self.database_url and not self.web_database_url:
                raise StartError(
                    "DATABASE_URL is set and WEB_DATABASE_URL isn't: set it to the same database "
                    "with the web's own role (docs/operations.md tells how to make it)."
                )
            if not self.database_url:
                postgres = Postgres(self.folder, self.supervisor, durable=self.durable)
                self._after.callback(postgres.tidy)
                self.database_url = postgres.start()
                self.web_database_url = postgres.web_address
                ours["DATABASE_URL"] = self.database_url
                ours["WEB_DATABASE_URL"] = self.web_database_url
            self.redis_url = given.get("REDIS_URL", "")
            if not self.redis_url:
                self.redis_url = Valkey(self.folder, self.supervisor, durable=self.durable).start()
                ours["REDIS_URL"] = self.redis_url
            _announce(self.folder, ours)
        except BaseException:
            self.close()
            raise

    def close(self, *first: list[str]) -> None:
        """Stop everything, the given groups of children first."""
        try:
            self.supervisor.close(first)
            self._after.close()
        finally:
            _announcement(self.folder).unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(
    folder: Path,
    *,
    durable: bool = True,
    say: "Say | None" = None,
    environment: Mapping[str, str] | None = None,
) -> Services:
    """Start what the environment doesn't name; raise StartError, one sentence, if that fails.

    `durable=False` is for data nobody will miss: it leaves out waiting for the disk.
    """
    services = Services(folder.absolute(), durable=durable, say=say)
    services._start(os.environ if environment is None else environment)
    return services


def running_urls(folder: Path) -> dict[str, str] | None:
    """Return the addresses of the services that another process runs on this folder, if any."""
    try:
        announced = json.loads(_announcement(folder).read_text())
    except (OSError, ValueError):
        return None
    if not is_held(folder):
        return None
    names = ("DATABASE_URL", "WEB_DATABASE_URL", "REDIS_URL")
    return {name: str(announced[name]) for name in names if name in announced}


def _announcement(folder: Path) -> Path:
    return run_dir(folder) / "services.json"


def _announce(folder: Path, addresses: dict[str, str]) -> None:
    path = _announcement(folder)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"pid": os.getpid(), **addresses}, file)
