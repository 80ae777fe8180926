"""A cluster whose database is migrated already: made once for this code, copied for each run.

What it is made of is hashed (migrations, models, rules, roles, packages), so that a change of any
makes another. It lies among the temporary files of this user and stays between runs; a run that
finds it half made, or from another machine, makes it anew.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.apps import APPS
from tests.up.processes import PROJECT, clean_environment

NAMES = {"apps.py", "audiences.py", "declarations.py", "deny_rules.py", "migrate.py", "models.py",
         "privacy.py", "roles.py"}  # fmt: skip
FOLDERS = {"gate", "migrations", "models", "postgres", "privacy", "rls"}


def ingredients() -> Iterator[Path]:
    """Yield the files that say what a migrated database holds."""
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*")):
            parts = set(path.relative_to(PROJECT / app).parts[:-1])
            if path.suffix in {".py", ".sql"} and (path.name in NAMES or parts & FOLDERS):
                yield path
    yield from sorted((PROJECT / "requirements").glob("*.lock"))
    yield PROJECT / "jamsite/embedded/postgres.py"


def digest() -> str:
    found = hashlib.sha256(str(os.getuid()).encode())
    for path in ingredients():
        found.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def cluster() -> Path:
    """Return the folder of the prepared cluster, made by the first who asks."""
    base = Path(tempfile.gettempdir()) / f"jamsite-prepared-{os.getuid()}"
    base.mkdir(mode=0o755, exist_ok=True)
    place = base / digest()
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "whole").exists():
            _make(base, place)
    return place / "postgres"


def _make(base: Path, place: Path) -> None:
    from jamsite.embedded import services

    for old in base.iterdir():
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    place.mkdir(mode=0o755)
    with services.start(place, durable=False, environment={}) as running:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
            cwd=PROJECT, check=True, timeout=300,
            env=clean_environment({**running.environment, "JAMSITE_DATA": str(place)}),
        )  # fmt: skip
    (place / "whole").touch()


def give(folder: Path) -> None:
    """Put a copy of the prepared cluster into a data folder that has none, owners and all."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", cluster(), folder / "postgres"], check=True)
