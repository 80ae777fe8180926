"""A person's copy: JSON and original media in a zip, built from the data map.

Rows are read in batches and written straight into the archive, so memory stays flat. Other people
appear only by username, and only where the person's own row names them.
"""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import FileField, Model
from django.template.loader import render_to_string
from django.utils import timezone

from foundation.work import failing_kindly, workshop
from privacy import datamap
from privacy.datamap import Held
from privacy.models import Export

FORMAT = "jamsite-export/1"
BATCH = 500


def kept() -> timedelta:
    """Return how long a copy can be fetched."""
    return timedelta(days=settings.RETENTION_EXPORTS_DAYS)


def run(export_id: int) -> None:
    """Build one export. Safe to repeat: it starts anew and replaces a half-made file."""
    export = Export.claim(export_id)
    if export is None:
        return
    with failing_kindly(export), workshop() as folder:
        path = folder / "export.zip"
        with path.open("wb") as target:
            missing = write(export.user, target, export.keep)
        _store(export, path, missing)


@transaction.atomic
def _store(export: Export, path: Path, missing: int) -> None:
    """Put the archive in its place, unless its person was erased, or it outdated, meanwhile."""
    running = Export.objects.select_for_update().filter(pk=export.pk, work=Export.Progress.RUNNING)
    if not running.exists():
        return
    name = file_name(export)
    default_storage.delete(name)  # a killed job may have left its half
    with path.open("rb") as source:
        stored = default_storage.save(name, File(source))
    export.finish(file=stored, missing=missing, expires_at=timezone.now() + kept())


def file_name(export: Export) -> str:
    """Return the one name an export's file can have."""
    return f"exports/{export.public_id}.zip"


@transaction.atomic
def purge(user: Any, batch: int) -> int:
    """Delete a person's exports, files first, also one that a killed job never named."""
    # The lock waits for a job that is storing its archive; after it, the job finds no row.
    rows = list(Export.objects.select_for_update().filter(user=user).order_by("pk")[:batch])
    for row in rows:
        default_storage.delete(file_name(row))
    Export.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def outdate(people: Any) -> None:
    """End copies that hold sound of somebody who took it back; a new one can be ordered.

    A copy that is being made right now is begun anew: it may have read that sound already.
    """
    theirs = Export.objects.filter(user__in=people)
    theirs.filter(work=Export.Progress.DONE).update(expires_at=timezone.now())
    theirs.filter(work=Export.Progress.RUNNING).update(
        work=Export.Progress.WAITING, leased_until=None
    )


def write(user: Any, target: IO[bytes], progress: Any = lambda percent: None) -> int:
    """Write a person's archive to a file and return how many media files were missing."""
    parts = [item for item in datamap.held() if item.subjects and _exported(item)]
    sections: list[dict[str, Any]] = []
    missing: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for number, item in enumerate(parts):
            name = f"data/{item.name}.json"
            count, lost = _write_rows(archive, name, item, user)
            missing += lost
            if count:
                sections.append({"label": item.label, "file": name, "count": count})
            progress(100 * (number + 1) // (len(parts) + 1))
        about = {
            "format": FORMAT,
            "username": user.username,
            "made_at": timezone.now().isoformat(),
            "sections": sections,
            "missing_files": missing,
        }
        archive.writestr("export.json", json.dumps(about, indent=2, ensure_ascii=False))
        archive.writestr("index.html", render_to_string("privacy/export_index.html", about))
    return len(missing)


def _exported(item: Held) -> bool:
    return any(datum.export for datum in item.fields.values())


def _write_rows(
    archive: zipfile.ZipFile, name: str, item: Held, user: Any
) -> tuple[int, list[str]]:
    """Write one model's rows as a JSON array, then their files; skip models without rows."""
    fields = [key for key, datum in item.fields.items() if datum.export]
    files: list[str] = []
    count = 0
    rows = _batches(item, user)
    first = next(rows, None)
    if first is None:
        return 0, []
    with archive.open(name, "w", force_zip64=True) as out:
        out.write(b"[")
        row: Any = first
        while row is not None:
            out.write(b",\n" if count else b"\n")
            values = {key: plain(row, key, files) for key in fields}
            out.write(json.dumps(values, ensure_ascii=False).encode())
            count += 1
            row = next(rows, None)
        out.write(b"\n]\n")
    return count, [path for path in files if not _copy(archive, path)]


def _batches(item: Held, user: Any) -> Iterator[Model]:
    """Yield a person's rows by key, a batch a query, whatever their number."""
    last = 0
    rows = item.rows_of(user).filter(item.exported)
    relations = [
        column.name
        for column in item.model._meta.concrete_fields
        if column.is_relation and column.name in item.fields and item.fields[column.name].export
    ]
    if relations:
        rows = rows.select_related(*relations)
    if not isinstance(item.model._meta.pk, _integer_keys()):
        yield from rows
        return
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _integer_keys() -> tuple[type, ...]:
    from django.db.models import AutoField, BigAutoField

    return (AutoField, BigAutoField)


def plain(row: Model, name: str, files: list[str] | None = None) -> Any:  # noqa: PLR0911
    """Return one field as JSON-ready data; things are named by public id, people by username."""
    column = row._meta.get_field(name)
    if column.many_to_many:
        return [_name_of(other) for other in getattr(row, name).all()]
    value = getattr(row, name)
    if isinstance(column, FileField):
        if not value:
            return None
        if files is not None:
            files.append(value.name)
        return f"media/{value.name}"
    if isinstance(value, Model):
        return _name_of(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def _name_of(other: Any) -> str:
    for key in ("username", "public_id", "name"):
        if hasattr(other, key):
            return str(getattr(other, key))
    return str(other.pk)


def _copy(archive: zipfile.ZipFile, name: str) -> bool:
    """Copy one stored file into the archive; sound and pictures don't shrink, so store them."""
    try:
        source = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    info = zipfile.ZipInfo(f"media/{Path(name)}")
    info.compress_type = zipfile.ZIP_STORED
    with source, archive.open(info, "w", force_zip64=True) as out:
        for block in source.chunks():
            out.write(block)
    return True
