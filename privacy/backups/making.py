"""Making a backup: one snapshot of the database, and the media that its rows name."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from foundation.work import failing_kindly, kept, workshop
from privacy import datamap
from privacy.backups import archive, catalogue, tools
from privacy.backups.models import Backup
from privacy.portability.models import Export

# Copies of people's data can be made anew; signed-in browsers sign in again.
LEFT_OUT = ("django_session",)


def run(backup_id: int) -> None:
    """Make one backup. Safe to repeat: it begins anew and replaces a half-made file."""
    backup = Backup.claim(backup_id)
    if backup is None:
        return
    with failing_kindly(backup), kept(backup), workshop() as folder:
        path = folder / "backup.age"
        with path.open("wb") as target:
            about = write(target, folder)
        _store(backup, path, about)


def write(target: IO[bytes], folder: Path) -> dict[str, Any]:
    """Write a backup of everything as of now; return what its catalogue entry tells.

    The dump and the list of files come from the same snapshot. A file that is deleted while the
    backup is made is left out and counted: who deletes something wants it gone.
    """
    dump = folder / archive.DUMP
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), transaction_timestamp()")
        snapshot, taken_at = cursor.fetchone()
        left_out = [f"--exclude-table-data={name}" for name in LEFT_OUT]
        tools.run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}", f"--file={dump}", *left_out,
        )  # fmt: skip
        names = sorted(set(_named_files()))
    about: dict[str, Any] = {"taken_at": taken_at.isoformat(), "media_files": 0, "missing": 0}

    def fill(packer: archive.Packer) -> None:
        with dump.open("rb") as source:
            packer.add(archive.DUMP, source, dump.stat().st_size)
        dump.unlink()
        for name in names:
            about["media_files" if _add(packer, name) else "missing"] += 1
        packer.finish({"taken_at": about["taken_at"]})

    hashed = archive.Hashed(target)
    archive.pack(hashed, settings.BACKUP_RECIPIENTS, fill)  # type: ignore[arg-type]
    return {**about, "size": hashed.size, "sha256": hashed.hash.hexdigest()}


def _named_files() -> Iterator[str]:
    """Yield the name of every stored file that a row names, copies of data left out."""
    for item in datamap.held():
        if item.model is not Export:
            for column in item.file_fields():
                rows = item.model._default_manager.exclude(**{column: ""}).order_by()
                for name in rows.values_list(column, flat=True).iterator(chunk_size=2000):
                    if name:
                        yield name


def _add(packer: archive.Packer, name: str) -> bool:
    try:
        source = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    with source:
        packer.add(f"media/{name}", source, source.size)
    return True


def _store(backup: Backup, path: Path, about: dict[str, Any]) -> None:
    """Put the backup in its place: the file, then what tells of it, then the row."""
    taken_at = datetime.fromisoformat(about["taken_at"])
    place = catalogue.place()
    name = f"{backup.public_id}.age"
    expires_at = taken_at + catalogue.kept()
    for old in (name, catalogue.sidecar(name)):
        place.delete(old)  # a killed job may have left its half
    with path.open("rb") as source:
        place.save(name, File(source))
    entry = {"format": archive.FORMAT, "file": name, "expires_at": expires_at.isoformat(), **about}
    place.save(catalogue.sidecar(name), catalogue.text(json.dumps(entry, indent=1)))
    backup.finish(
        taken_at=taken_at,
        expires_at=expires_at,
        file=name,
        size=about["size"],
        sha256=about["sha256"],
        media_files=about["media_files"],
        missing=about["missing"],
    )
