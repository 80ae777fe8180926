"""The purge: step by step, then the account, then the proof; and, later, the end of the backups."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import SET_NULL
from django.utils import timezone

from foundation import sealing
from foundation.work import failing_kindly
from privacy import notices
from privacy.datamap import identifiers
from privacy.datamap.identifiers import Identifiers
from privacy.erasure import holds, ledger, letters, provider_orders, receipts
from privacy.erasure.leaving import settle
from privacy.erasure.models import Erasure, LegalHold, Receipt
from privacy.erasure.states import move
from privacy.erasure.steps import (
    BATCH,
    Step,
    StoreStep,
    references,
    steps,
    store_steps,
    strip_held,
)

PASSES = 5  # how often a purge looks for what late writers brought before it pauses
S = Erasure.Stage


class StillWritten(Exception):
    """Something keeps writing about a person who is being erased; tried again later."""


def run(erasure_id: int) -> None:
    """Purge one person whose time has come. Safe to call at any time, and to kill at any line."""
    settle(erasure_id)
    erasure = Erasure.claim(erasure_id)
    if erasure is None:
        return
    with failing_kindly(erasure):
        if not _begin(erasure):
            return
        keeping = holds.in_force(erasure.user)
        kept = holds.kept(keeping)
        for _ in range(PASSES):
            _purge_everything(erasure, kept)
            if keeping:
                _hold(erasure, keeping, kept)
                return
            if _forget_account(erasure):
                return
        raise StillWritten


@transaction.atomic
def _begin(erasure: Erasure) -> bool:
    """Pass the point of no return, unless the person came back a moment ago.

    What is needed to tell the person and the outside services goes out of the rows that are about
    to be deleted, in the transaction that begins deleting them.
    """
    if erasure.stage == S.PURGING:
        return Erasure.objects.filter(pk=erasure.pk, stage=S.PURGING).exists()
    first = erasure.stage != S.HELD
    if not move(erasure, S.PURGING):
        return False
    if first and erasure.user is not None:
        erasure.contact = sealing.seal(notices.reach(erasure.user.email))
        erasure.known_by = identifiers.sealed_of(erasure.user)
        Erasure.objects.filter(pk=erasure.pk).update(
            contact=erasure.contact, known_by=erasure.known_by, undo=None
        )
        provider_orders.place(erasure, erasure.user)
    return True


def _purge_everything(erasure: Erasure, kept: Mapping[str, set[str]]) -> None:
    user = erasure.user
    if user is None:
        return
    _empty_stores(erasure, user, store_steps())
    planned = steps(kept)
    for number, step in enumerate(planned):
        _purge(erasure, step, user, percent=100 * number // len(planned))
    _empty_stores(erasure, user, store_steps(last=True))


def _empty_stores(erasure: Erasure, user: Any, stores: list[StoreStep]) -> None:
    for store in stores:
        erasure.steps[store.name] = erasure.steps.get(store.name, 0) + store.work(user)
        erasure.keep(erasure.percent, steps=erasure.steps)


def _purge(erasure: Erasure, step: Step, user: Any, *, percent: int) -> None:
    """Work through one step. A batch and its count are one transaction, so counts are exact."""
    while True:
        with transaction.atomic():
            done = step.work(user, BATCH)
            if not done:
                return
            erasure.steps[step.name] = erasure.steps.get(step.name, 0) + done
            erasure.keep(percent, steps=erasure.steps)


def _hold(erasure: Erasure, keeping: list[LegalHold], kept: Mapping[str, set[str]]) -> None:
    """Empty what hangs on held fields, and wait for the first hold to end."""
    strip_held(erasure.user, kept)
    with transaction.atomic():
        move(erasure, S.HELD)
        erasure.wait_until(min(hold.ends_at for hold in keeping))


@transaction.atomic
def _forget_account(erasure: Erasure) -> bool:
    """Delete the account row, once nothing else names it, and write the proof; False if it does.

    Who writes meanwhile waits for the lock on the account, and then finds that it is gone: the
    foreign key refuses. The row goes without a cascade, so that nothing goes unseen with it.
    """
    people = get_user_model()._base_manager
    user: Any = people.select_for_update().filter(pk=erasure.user_id or 0).first()
    if user is not None:
        if any(step.left(user) for step in steps({})):
            return False
        # Before the commit: better told twice than a restore that brings somebody back.
        ledger.record("erased", user.public_id, erasure.public_id)
        _let_go(user)
        people.filter(pk=user.pk)._raw_delete(people.db)
        connection.check_constraints()
    now = timezone.now()
    ends = now + timedelta(days=settings.BACKUP_LIFE_DAYS)
    move(erasure, S.ERASED, user=None, known_by=None, ended_at=now, backups_expire_at=ends)
    erasure.finish()
    receipt = receipts.issue(erasure, Receipt.Kind.ERASED)
    letters.erased(erasure, receipt)
    return True


def _let_go(user: Any) -> None:
    """Empty every reference to a person that may be empty: a staff member's hand in something."""
    for model, column in references(SET_NULL):
        rows = model._base_manager.filter(**{column: user.pk})
        rows.update(**{column: None})


# Backups ----------------------------------------------------------------------------------
_confirmations: list[Callable[[Erasure], bool]] = []


def confirm_backups_with(says: Callable[[Erasure], bool]) -> None:
    """Have a keeper of backups asked whether really none holds this person any more."""
    _confirmations.append(says)


def expire_backups() -> int:
    """Take up erasures whose backups should be gone by now; return how many are."""
    due = Erasure.objects.filter(stage=S.ERASED, backups_expire_at__lte=timezone.now())
    rows = list(due.order_by("backups_expire_at", "pk")[:BATCH])
    return sum(
        backups_expired(erasure)
        for erasure in rows
        if all(says(erasure) for says in _confirmations)
    )


@transaction.atomic
def backups_expired(erasure: Erasure) -> bool:
    """Note that no backup holds the person any more, and write the second receipt. Idempotent."""
    if not move(erasure, S.EXPIRED):
        return False
    receipts.issue(erasure, Receipt.Kind.BACKUPS)
    return True


def put_away(user: Any) -> Identifiers:
    """Return what a purge put away of the names and addresses that somebody is known by."""
    known = Identifiers()
    for sealed in Erasure.objects.filter(user=user).values_list("known_by", flat=True):
        known |= identifiers.unsealed(sealed) if sealed is not None else Identifiers()
    return known
