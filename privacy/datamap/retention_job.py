"""Time takes what the data map says it takes: one job ends every declared period.

A `Limit` is one period of the map with the rows it is over for. `enforce` works through all of
them in batches, each a transaction of its own: rows are locked as they are taken (two workers
share the work), files go before the rows that name them, and a job killed at any line leaves what
the next run finds again.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from privacy import datamap
from privacy.datamap import For, Held
from privacy.datamap.models import RetentionRun

BATCH = 500
log = logging.getLogger(__name__)


class Unenforced(Exception):
    """Some declared periods could not be enforced; their names."""


@dataclass(frozen=True)
class Limit:
    """One declared period: of a model's rows, or of one field of them."""

    held: Held
    end: For
    field: str = ""
    number: int = 0

    @property
    def key(self) -> str:
        """Return the limit's name: the model, the field, what is counted from, which of several."""
        name = f"{self.held.name}.{self.field}" if self.field else self.held.name
        kind = self.end.by.__name__ if self.end.by else self.end.since
        return f"{name}:{kind}:{self.number}" if self.number else f"{name}:{kind}"

    def over(self, now: datetime) -> QuerySet[Any]:
        """Return the rows whose period is over, those that are longest over first."""
        since = self.end.since
        rows = self.held.model._default_manager.filter(
            self.end.where, **{f"{since}__lt": self.end.over_before(now)}
        )
        if self.field:
            rows = rows.exclude(**{self.field: self._emptied()})
        for path in datamap.person_paths(self.held)[:1]:
            # What is restricted is kept as it is, disputed rows among it.
            user = "" if path == "pk" else f"{path}__"
            rows = rows.exclude(pk__in=rows.filter(**{f"{user}restricted": True}).values("pk"))
        return rows.order_by(since, "pk")

    def end_batch(self, size: int = BATCH) -> int:
        """End up to `size` rows, and return how many were ended; 0 when nothing is left."""
        if self.end.by is not None:
            return self.end.by(size)
        with transaction.atomic():
            rows = list(
                self.over(timezone.now()).select_for_update(skip_locked=True, of=("self",))[:size]
            )
            keys = [row.pk for row in rows]
            if self.field:
                self._empty(rows)
            else:
                _delete_files(rows, self.held.file_fields())
                self.held.model._default_manager.filter(pk__in=keys).delete()
        return len(rows)

    def _empty(self, rows: list[Any]) -> None:
        if self.field in self.held.file_fields():
            _delete_files(rows, [self.field])
        keys = [row.pk for row in rows]
        values = {self.field: self._emptied()}
        self.held.model._default_manager.filter(pk__in=keys).update(**values)

    def _emptied(self) -> Any:
        column: Any = self.held.model._meta.get_field(self.field)
        return None if column.null else column.get_default()


def limits() -> Iterator[Limit]:
    """Yield every period of the map that a job has to end, in the order of the erasure plan."""
    for held in datamap.held():
        for number, end in enumerate(held.ends):
            if isinstance(end, For):
                yield Limit(held, end, number=number)
        for name, datum in held.fields.items():
            if isinstance(datum.retention, For):
                yield Limit(held, datum.retention, name)


def enforce(seconds: float = 3000) -> dict[str, int]:
    """End whatever is over now; return how many rows by limit.

    A limit that fails is noted, and the others go on; at the end `Unenforced` names those that
    failed. Stops after `seconds`: the next run takes up what is left.
    """
    started = time.monotonic()
    ended: dict[str, int] = {}
    failed: list[str] = []
    for limit in limits():
        count, error = 0, ""
        try:
            while done := limit.end_batch():
                count += done
                if time.monotonic() - started > seconds:
                    error = "out of time"
                    break
        except Exception as fault:
            # The kind alone: messages of databases quote rows.
            error = type(fault).__name__
            failed.append(limit.key)
            log.error("The period of %s could not be enforced: %s", limit.key, error)
        _note(limit, count, error)
        if count:
            ended[limit.key] = count
    RetentionRun.objects.exclude(limit__in=[limit.key for limit in limits()]).delete()
    if failed:
        raise Unenforced(", ".join(failed))
    return ended


def _note(limit: Limit, count: int, error: str) -> None:
    """Keep when a limit was last enforced, and how many rows it has ended so far."""
    now = timezone.now()
    RetentionRun.objects.bulk_create(
        [RetentionRun(limit=limit.key, ran_at=now)], ignore_conflicts=True
    )
    RetentionRun.objects.filter(limit=limit.key).update(
        ran_at=now, ended=count, total=F("total") + count, error=error
    )


def _delete_files(rows: list[Any], fields: list[str]) -> None:
    """Delete the files that rows name. A file already gone is what was wanted."""
    for row in rows:
        for name in fields:
            file = getattr(row, name)
            if file:
                default_storage.delete(file.name)
