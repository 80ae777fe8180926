"""Leaving: hide at once, wait out the grace period, purge step by step.

The plan comes from the data map: one step for each model that names data subjects, files before
rows, the account last. Each step works in batches and can be repeated at any point, so a killed
worker continues where it was; `Erasure.steps` counts what is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from foundation.work import failing_kindly
from privacy import datamap, tombstones
from privacy.datamap import Erase, Held
from privacy.models import Erasure

BATCH = 500
HARD_LIMIT_DAYS = 28


@dataclass(frozen=True)
class Hook:
    """What an app does when a person goes and when they come back within the grace period."""

    hide: Callable[[Any, Erasure], None]
    show: Callable[[Any, Erasure], None]


_hooks: list[Hook] = []


def hook(hide: Callable[[Any, Erasure], None], show: Callable[[Any, Erasure], None]) -> None:
    """Register an app's part in leaving; called from `<app>/privacy.py`.

    Both run inside the transaction that changes the account's state.
    """
    _hooks.append(Hook(hide, show))


def grace() -> timedelta:
    return timedelta(days=min(settings.ERASURE_GRACE_DAYS, HARD_LIMIT_DAYS))


@dataclass(frozen=True)
class PlanLine:
    """One line of what a person reads before they leave."""

    label: str
    count: int
    action: str


def plan(user: Any) -> list[PlanLine]:
    """Return what will become of everything held about a person, for the page that asks."""
    lines = []
    for item in _steps():
        if item.model._meta.auto_created:
            continue  # a table between two others says nothing to people
        count = item.rows_of(user).count()
        if count:
            lines.append(PlanLine(str(item.label), count, str(item.erased_how or item.erase.value)))
    return lines


def open_erasure(user: Any) -> Erasure | None:
    stages = [Erasure.Stage.GRACE, Erasure.Stage.PURGING]
    return Erasure.objects.filter(user=user, stage__in=stages).first()


@transaction.atomic
def request(user: Any) -> Erasure:
    """Hide a person and all of theirs now, and set the date of the purge. Idempotent."""
    locked = get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    existing = open_erasure(locked)
    if existing is not None:
        return existing
    erasure = Erasure.objects.create(user=locked, due_at=timezone.now() + grace())
    for each in _hooks:  # before the state changes: what is public now gets its tombstone
        each.hide(locked, erasure)
    locked.leave()
    return erasure


class TooLate(Exception):
    """The purge has begun; there is nothing whole to come back to."""


@transaction.atomic
def cancel(user: Any) -> None:
    """Bring a person back within the grace period."""
    locked = get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    erasure = Erasure.objects.select_for_update().filter(
        user=locked, stage=Erasure.Stage.GRACE
    ).first()  # fmt: skip
    if erasure is None:
        raise TooLate
    erasure.stage = Erasure.Stage.CANCELLED
    erasure.ended_at = timezone.now()
    erasure.work = Erasure.Progress.CANCELLED
    erasure.save(update_fields=["stage", "ended_at", "work"])
    tombstones.unbury(erasure.pk)
    locked.come_back()
    for each in _hooks:
        each.show(locked, erasure)


def run(erasure_id: int) -> None:
    """Purge one person whose time has come. Safe to call at any time, and to kill at any line."""
    erasure = Erasure.claim(erasure_id)
    if erasure is None:
        return
    with failing_kindly(erasure):
        if not _begin(erasure):
            return
        steps = _steps()
        for number, item in enumerate(steps):
            _purge(erasure, item, percent=100 * number // len(steps))
        _forget_account(erasure)
        erasure.finish(stage=Erasure.Stage.ERASED, ended_at=timezone.now())


def _begin(erasure: Erasure) -> bool:
    """Pass the point of no return, unless the person came back a moment ago."""
    stages = [Erasure.Stage.GRACE, Erasure.Stage.PURGING]
    begun = Erasure.objects.filter(pk=erasure.pk, stage__in=stages).update(
        stage=Erasure.Stage.PURGING
    )
    return bool(begun)


def _steps() -> list[Held]:
    """Return the declarations that name a data subject, in order, without the account itself."""
    user_model = get_user_model()
    acting = {Erase.DELETE, Erase.BLANK, Erase.CUSTOM}
    return [
        item
        for item in datamap.held()
        if item.subjects and item.erase in acting and item.model is not user_model
    ]


def _purge(erasure: Erasure, item: Held, *, percent: int) -> None:
    if erasure.user is None:
        return
    work = {Erase.DELETE: _delete, Erase.BLANK: _blank, Erase.CUSTOM: _custom}[item.erase]
    while done := work(item, erasure.user):
        erasure.steps[item.name] = erasure.steps.get(item.name, 0) + done
        Erasure.objects.filter(pk=erasure.pk).update(steps=erasure.steps)
        erasure.keep(percent)


def _delete(item: Held, user: Any) -> int:
    """Delete one batch of rows, files first: a row is what remembers its file."""
    rows = list(item.rows_of(user)[:BATCH])
    delete_files(rows, item.file_fields())
    item.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _blank(item: Held, user: Any) -> int:
    """Empty the person's fields and let go of them; the rows stay for the others."""
    keys = list(item.rows_of(user).values_list("pk", flat=True)[:BATCH])
    values = {}
    for name in item.fields:
        if datamap.erase_of(item, name) in {Erase.NULL, Erase.DEFAULT}:
            values[name] = datamap.value_after(item, name)
    values[item.subjects[0]] = None
    item.model._default_manager.filter(pk__in=keys).update(**values)
    return len(keys)


def _custom(item: Held, user: Any) -> int:
    if item.purge is None:
        raise LookupError(f"{item.name} names no purge step")
    return item.purge(user, BATCH)


def _forget_account(erasure: Erasure) -> None:
    """Delete the account row itself, once nothing else names it."""
    if erasure.user_id is not None:
        get_user_model()._default_manager.filter(pk=erasure.user_id).delete()
        erasure.user = None


def delete_files(rows: list[Any], fields: list[str]) -> None:
    """Delete the files that rows name. A file already gone is what was wanted."""
    for row in rows:
        for name in fields:
            file = getattr(row, name)
            if file:
                default_storage.delete(file.name)
