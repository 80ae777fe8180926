"""Somebody leaves, and their days of grace pass."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from privacy import erasure
from privacy.models import Erasure


def due(user: User) -> Erasure:
    """Have somebody ask to leave, and their days of grace pass."""
    return let_pass(erasure.request(user))


def let_pass(row: Erasure) -> Erasure:
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    return row


def end(row: Erasure) -> Erasure:
    """Do what the worker does when the days have passed."""
    erasure.run(row.pk)
    row.refresh_from_db()
    return row


def purge(user: User) -> Erasure:
    """Let the grace period of somebody who is leaving pass, and do what the worker then does."""
    row = erasure.open_erasure(user)
    assert row is not None
    return end(let_pass(row))
