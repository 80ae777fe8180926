"""From the request to the purge's date: hide, tell, and bring back who changes their mind."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from foundation.work import soon
from privacy.erasure import ledger, letters, undo
from privacy.erasure.hooks import hooks
from privacy.erasure.models import Erasure
from privacy.erasure.states import CANCELLABLE, OPEN, move
from privacy.gate import tombstones
from privacy.rls import bypass_rls

HARD_LIMIT_DAYS = 28
S = Erasure.Stage


def grace() -> timedelta:
    return timedelta(days=min(settings.ERASURE_GRACE_DAYS, HARD_LIMIT_DAYS))


def open_erasure(user: Any) -> Erasure | None:
    return Erasure.objects.filter(user=user, stage__in=OPEN).first()


@bypass_rls("hide a person who leaves")
@transaction.atomic
def request(user: Any, way: str = Erasure.Way.SETTINGS, *, date: datetime | None = None) -> Erasure:
    """Hide a person and all of theirs now, and set the date of the purge. Idempotent.

    `date`: the one that the person was told already, when a restore does this again; they get no
    second letter then.

    The ways of `Erasure.AT_ONCE` wait for nothing, and overtake a leaving that does.

    The ledger is written last, before the commit: an entry without a commit hides somebody again
    after a restore, which they can undo; a commit without an entry would bring back who left.
    """
    locked = get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    existing = open_erasure(locked)
    at_once = way in Erasure.AT_ONCE
    if existing is not None:
        if at_once and existing.stage in CANCELLABLE:
            _hurry(existing, way)
        return existing
    again = date is not None
    date = date or timezone.now() + (timedelta() if at_once else grace())
    erasure = Erasure.objects.create(user=locked, due_at=date, purge_at=date, way=way)
    for hook in hooks():  # before the state changes: what is public now gets its tombstone
        hook.hide(locked, erasure)
    if not locked.is_present:  # who was suspended is suspended again if they stay
        undo.remember(erasure, "state", locked.state)
    locked.leave()
    move(erasure, S.HIDDEN)
    if not again:
        letters.left(erasure, locked)
    transaction.on_commit(lambda: settle(erasure.pk), robust=True)
    if at_once:
        _soon(erasure)
    ledger.record("requested", locked.public_id, erasure.public_id, due=date)
    return erasure


def _hurry(erasure: Erasure, way: str) -> None:
    """End the days in which somebody could have come back."""
    erasure.due_at = erasure.purge_at = timezone.now()
    erasure.way = way
    erasure.save(update_fields=["due_at", "purge_at", "way"])
    _soon(erasure)
    if erasure.user is not None:
        now = erasure.purge_at
        ledger.record("requested", erasure.user.public_id, erasure.public_id, due=now)


def _soon(erasure: Erasure) -> None:
    soon("privacy.run_erasure", erasure.pk)


class TooLate(Exception):
    """The purge has begun; there is nothing whole to come back to."""


@bypass_rls("bring a person back")
@transaction.atomic
def cancel(user: Any) -> None:
    """Bring a person back within the grace period; raise TooLate after it."""
    locked = get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    erasure = Erasure.objects.select_for_update().filter(user=locked, stage__in=CANCELLABLE).first()
    if erasure is None or erasure.way in Erasure.AT_ONCE:
        raise TooLate
    now = timezone.now()
    values = {"ended_at": now, "settled_at": None, "status": Erasure.Status.CANCELLED}
    move(erasure, S.CANCELLED, **values)
    tombstones.unbury(erasure.pk)
    locked.come_back(undo.recall(erasure, "state"))
    for hook in hooks():
        hook.show(locked, erasure)
    Erasure.objects.filter(pk=erasure.pk).update(undo=None)
    letters.came_back(erasure, locked)
    transaction.on_commit(lambda: settle(erasure.pk), robust=True)


@bypass_rls("follow a leaving outside the database")
def settle(erasure_id: int) -> None:
    """Have everything outside the database follow the last change: sockets, keys, the ledger.

    Called after the commit and, should that be lost, by the sweeper. Each part may run twice.
    """
    erasure = Erasure.objects.filter(pk=erasure_id, settled_at__isnull=True).first()
    if erasure is None:
        return
    user = erasure.user
    if user is not None and erasure.stage in {S.HIDDEN, S.CANCELLED}:
        for hook in hooks():
            hook.after(user, erasure)
        if erasure.stage == S.CANCELLED:
            ledger.record("cancelled", user.public_id, erasure.public_id)
    with transaction.atomic():
        if erasure.stage == S.HIDDEN:
            move(erasure, S.GRACE)
        # A change meanwhile has its own call: this one settles the stage that it saw.
        rows = Erasure.objects.filter(pk=erasure.pk, stage=erasure.stage)
        rows.update(settled_at=timezone.now())


def unsettled(limit: int = 100) -> list[int]:
    """Return erasures whose last change was not followed outside the database, oldest first."""
    rows = Erasure.objects.filter(settled_at__isnull=True).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])
