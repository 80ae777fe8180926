"""Somebody leaves, and their days of grace pass."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from privacy import erasure
from privacy.models import Erasure


def purge(user: User) -> Erasure:
    """Let the grace period pass, and do what the worker then does."""
    row = erasure.open_erasure(user)
    assert row is not None
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    row.refresh_from_db()
    return row
