"""Work that must not be lost: a row first, a message second.

A table of work inherits `Work`. The request writes the row; `on_commit` sends a Celery message
that only makes it quicker; a sweeper takes whatever is due and not leased, so a killed worker, a
lost message or a restarted queue delays work and never loses it.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from celery import current_app
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation import disk

MAX_ATTEMPTS = 8
LEASE = timedelta(seconds=60)

NO_ROOM = "no room on the disk"


class Work(models.Model):
    """One piece of work: when it is due, who holds it, how far it is, what went wrong."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def due_filter(cls, now: datetime) -> Q:
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
        open_states = [cls.Status.WAITING, cls.Status.RUNNING]
        return Q(status__in=open_states, due_at__lte=now) & free

    @classmethod
    def due(cls, limit: int = 100) -> list[int]:
        """Return keys of rows that are due and held by nobody, oldest first."""
        manager: Any = cls._default_manager
        rows = manager.filter(cls.due_filter(timezone.now())).order_by("due_at", "pk")
        return list(rows.values_list("pk", flat=True)[:limit])

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Take a lease on a due row, or return None when it isn't due or somebody holds it."""
        manager: Any = cls._default_manager
        with transaction.atomic():
            row: Self | None = (
                manager.select_for_update(skip_locked=True, of=("self",))
                .filter(cls.due_filter(timezone.now()), pk=pk)
                .first()
            )
            if row is None:
                return None
            row.status = cls.Status.RUNNING
            row.attempts += 1
            row.leased_until = timezone.now() + LEASE
            row.save(update_fields=["status", "attempts", "leased_until"])
        return row

    def keep(self, percent: int | None = None, **values: Any) -> None:
        """Renew the lease, and say how far the work is, with other values in the same statement."""
        values["leased_until"] = timezone.now() + LEASE
        if percent is not None:
            values["percent"] = self.percent = max(0, min(100, percent))
        type(self)._default_manager.filter(pk=self.pk).update(**values)

    def finish(self, **values: Any) -> None:
        """Mark the work done, with any last values in the same statement."""
        self._end(status=self.Status.DONE, percent=100, error="", **values)

    def wait_until(self, moment: datetime) -> None:
        """Give the lease back until something is to be done again."""
        self._end(status=self.Status.WAITING, due_at=moment, attempts=0, error="")

    def cancel(self) -> None:
        self._end(status=self.Status.CANCELLED)

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Note a failure; try again with growing pauses, at most `MAX_ATTEMPTS` times.

        Returns whether the work has failed for good.
        """
        if final or self.attempts >= MAX_ATTEMPTS:
            self._end(status=self.Status.FAILED, error=reason[:300])
            return True
        pause = timedelta(seconds=min(2**self.attempts, 600))
        self._end(status=self.Status.WAITING, due_at=timezone.now() + pause, error=reason[:300])
        return False

    def wait_for_room(self) -> None:
        """Give the lease back until the disk may have room again; that is no failure of the row."""
        due = timezone.now() + timedelta(seconds=disk.WAIT)
        self._end(status=self.Status.WAITING, due_at=due, attempts=0, error=NO_ROOM)

    @property
    def waits_for_room(self) -> bool:
        return self.status == self.Status.WAITING and self.error == NO_ROOM

    def _end(self, **values: Any) -> None:
        values["leased_until"] = None
        for name, value in values.items():
            setattr(self, name, value)
        type(self)._default_manager.filter(pk=self.pk).update(**values)


def soon(job: str, *keys: int) -> None:
    """Have a worker do a job as soon as this transaction is committed.

    The job is named ("privacy.run_notice"), so that a service knows no task. Robust: with the
    queue away the row waits for the sweeper, and the request goes on.
    """
    transaction.on_commit(lambda: send(job, *keys), robust=True)


def send(job: str, *keys: int) -> None:
    """Have a worker do a job now. That its name exists, `tests/architecture/test_jobs.py` holds."""
    current_app.send_task(job, keys)


def work_index(name: str) -> models.Index:
    """Index for the sweeper: only open rows, in the order they are due."""
    return models.Index(
        F("due_at"), F("id"), name=name, condition=Q(status__in=["waiting", "running"])
    )


@contextmanager
def failing_kindly(row: Work) -> Iterator[None]:
    """Turn an exception into a noted failure that will be tried again, and raise it on.

    Only the kind of error is kept: messages may quote personal data.
    """
    try:
        yield
    except Exception as error:
        if disk.is_full(error):
            disk.say(f"{type(row).__name__} {row.pk}")
            row.wait_for_room()
        else:
            row.fail(type(error).__name__)
        raise


@contextmanager
def kept(row: Work, every: float = 20.0) -> Iterator[None]:
    """Renew a lease from a thread of its own, for work that is one long step (seconds between)."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(every):
                row.keep()
        finally:
            connection.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def workshop() -> Iterator[Path]:
    """Give a job a folder of its own, emptied afterwards; `sweep_workshops` ends a killed job's."""
    settings.WORK_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.WORK_DIR) as folder:
        yield Path(folder)


def sweep_workshops(older_than: float = 6 * 3600) -> None:
    """Delete what killed jobs left behind (seconds since the folder was last touched)."""
    if settings.WORK_DIR.exists():
        for folder in settings.WORK_DIR.iterdir():
            if folder.stat().st_mtime < time.time() - older_than:
                shutil.rmtree(folder, ignore_errors=True)
