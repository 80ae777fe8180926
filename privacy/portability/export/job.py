"""The job that makes a copy: claimed, leased, taken up again where a killed worker left it."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.work import LEASE, failing_kindly, soon
from privacy import notices
from privacy.gate.access import visible
from privacy.gate.viewer import Via, Viewer
from privacy.portability.export.archive_writer import Writer, Written
from privacy.portability.export.parts import Folder
from privacy.portability.export.sections import sections
from privacy.portability.models import Export

GATHERED = 50  # percent of the progress when all rows are written; files are the other half


def kept() -> timedelta:
    """Return how long a copy can be fetched."""
    return timedelta(days=settings.RETENTION_EXPORTS_DAYS)


class Overtaken(Exception):
    """The row is gone, was begun anew, or another worker holds it: this one has to stop."""


def run(export_id: int) -> None:
    """Build one export. Safe to repeat and to kill: finished parts are not made again."""
    export = Export.claim(export_id)
    if export is None:
        return
    alive = _sign_of_life(export)
    try:
        with failing_kindly(export):
            _make(export, alive)
    except Exception:
        if _is_held(export) or Export.objects.filter(pk=export.pk).exists():
            raise
        _drop_folders(export)  # its person was erased meanwhile, and the folder with them


def _make(export: Export, alive: Callable[[int], None]) -> None:
    path = _folder_of(export)
    _drop_folders(export, but=path)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Folder(path)
    try:
        alive(0)
        _gather(folder, export.user, alive)
        target = path / "export.zip"
        begun = export.begun_at or timezone.now()
        written = Writer(target, folder, export.user, begun, alive).write()
        _store(export, target, written)
    except Overtaken:
        if not Export.objects.filter(pk=export.pk).exists():
            _drop_folders(export)
        return
    _drop_folders(export)


def _gather(folder: Folder, user: Any, alive: Callable[[int], None]) -> None:
    """Write all rows in parts, renewing the lease after each."""
    all_sections = list(sections())
    total = max(1, sum(section.rows(user).order_by().count() for section in all_sections))
    done = 0
    for section in all_sections:
        for rows in folder.make(section, user):
            done += rows
            alive(GATHERED * done // max(total, done))


def _mine(export: Export) -> Any:
    """Return the row as this worker holds it: running, in this round, at this attempt."""
    return Export.objects.filter(
        pk=export.pk,
        status=Export.Status.RUNNING,
        round=export.round,
        attempts=export.attempts,
    )


def _is_held(export: Export) -> bool:
    return bool(_mine(export).exists())


def _sign_of_life(export: Export) -> Callable[[int], None]:
    def alive(percent: int) -> None:
        now = timezone.now()
        if not _mine(export).update(leased_until=now + LEASE, percent=percent):
            raise Overtaken

    Export.objects.filter(pk=export.pk, begun_at=None).update(begun_at=timezone.now())
    export.refresh_from_db(fields=["begun_at"])
    return alive


class _Ready(File):  # type: ignore[type-arg]
    """A file that a storage on the same disk may move instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


@transaction.atomic
def _store(export: Export, path: Path, written: Written) -> None:
    """Put the archive in its place, unless its person was erased, or it outdated, meanwhile."""
    if not _mine(export).select_for_update().exists():
        raise Overtaken
    name = file_name(export)
    default_storage.delete(name)  # a killed job may have left its half
    size = path.stat().st_size
    with path.open("rb") as source:
        stored = default_storage.save(name, _Ready(source, str(path)))
    notices.tell(
        export.user,
        "rights",
        _("Your copy is ready"),
        _("It can be fetched for %(days)d days. We ask once more whether it is you.")
        % {"days": kept().days},
        url=reverse("exports"),
    )
    export.finish(
        file=stored,
        size=size,
        named=sorted(written.named),
        missing=len(written.missing),
        expires_at=timezone.now() + kept(),
    )


def order(user: Any) -> Export | None:
    """Order a copy; None while one is being made."""
    try:
        with transaction.atomic():
            return Export.objects.create(user=user)
    except IntegrityError:
        return None


def file_name(export: Export) -> str:
    """Return the one name an export's file can have."""
    return f"exports/{export.public_id}.zip"


def is_still_right(export: Export) -> bool:
    """Return whether everybody a finished copy names may still be seen by its person.

    Who left, was suspended or blocked them since takes the copies along; a new one is made without.
    """
    viewer = Viewer(export.user_id, Via.JOB)
    named = visible(get_user_model(), viewer).filter(pk__in=export.named)
    return named.count() == len(export.named)


def _folder_of(export: Export) -> Path:
    return Path(settings.WORK_DIR) / f"export-{export.public_id}-{export.round}"


def _drop_folders(export: Export, but: Path | None = None) -> None:
    for path in Path(settings.WORK_DIR).glob(f"export-{export.public_id}-*"):
        if path != but:
            shutil.rmtree(path, ignore_errors=True)


@transaction.atomic
def purge(user: Any, batch: int) -> int:
    """Delete a person's exports, files first, also one that a killed job never named."""
    forget(user)
    _empty(Export.objects.exclude(user=user).filter(named__contains=[user.pk]))
    # The lock waits for a job that is storing its archive; after it, the job finds no row.
    rows = list(Export.objects.select_for_update().filter(user=user).order_by("pk")[:batch])
    for row in rows:
        default_storage.delete(file_name(row))
        _drop_folders(row)
    Export.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def remove(user: Any, export: Export) -> None:
    """Delete one of a person's own copies, the file first; a job that builds it finds no row."""
    row = Export.objects.select_for_update().filter(pk=export.pk, user=user).first()
    if row is not None:
        default_storage.delete(file_name(row))
        _drop_folders(row)
        row.delete()


def delete_ended() -> int:
    """Delete the files of copies that ended; return how many. Repeatable, and safe to kill.

    The row stays until its time, so that the page can say that the copy ended.
    """
    return _empty(Export.objects.all())


@transaction.atomic
def _empty(exports: Any) -> int:
    over = Q(status=Export.Status.DONE, expires_at__lte=timezone.now()) & ~Q(file="")
    rows = list(exports.select_for_update().filter(over).order_by("pk"))
    for row in rows:
        default_storage.delete(file_name(row))
    Export.objects.filter(pk__in=[row.pk for row in rows]).update(file="", named=[], size=0)
    return len(rows)


def outdate(people: Any) -> None:
    """End copies that hold sound of somebody who took it back; a new one can be ordered.

    A copy that is being made right now is begun anew: it may have read that sound already.
    """
    _end(Export.objects.filter(user__in=people))


def end(export: Export) -> None:
    """End one finished copy that names somebody who may no longer be seen."""
    _end(Export.objects.filter(pk=export.pk))


def cancel_queued(user: Any) -> None:
    """Make no copy for who is leaving.

    A copy that is being made finds its row ended when it comes to store its archive.
    """
    waiting = [Export.Status.WAITING, Export.Status.RUNNING]
    Export.objects.filter(user=user, status__in=waiting).update(
        status=Export.Status.CANCELLED, leased_until=None
    )


def forget(user: Any) -> None:
    """End every copy of others that names a person who leaves, and begin running ones anew.

    A running copy doesn't say yet whom it names, so all of them begin anew.
    """
    others = Export.objects.exclude(user=user)
    _end(others.filter(named__contains=[user.pk]))
    _end(others.filter(status=Export.Status.RUNNING))


def _end(exports: Any) -> None:
    """End finished copies, and have their files deleted at once; begin running ones anew."""
    done = exports.filter(status=Export.Status.DONE)
    if done.update(expires_at=timezone.now()):
        soon("privacy.run_ended_exports")
    exports.filter(status=Export.Status.RUNNING).update(
        status=Export.Status.WAITING, leased_until=None, begun_at=None, round=F("round") + 1
    )
