"""What keeps an account its owner's, as old as wanted."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Model

from accounts.models import AccountLock, KnownDevice, SafetyEvent, SafetyLink, Suspension
from tests.cast import Cast


def _there(row: Model) -> Callable[[], bool]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).exists()


def device(cast: Cast, since: datetime) -> Callable[[], bool]:
    number = KnownDevice.objects.count()
    return _there(
        KnownDevice.objects.create(user=cast["owner"], secret_hash=str(number), last_used_at=since)
    )


def safety_event(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(SafetyEvent.objects.create(user=cast["owner"], kind="password", created_at=since))


def safety_link(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(SafetyLink.objects.create(user=cast["owner"], expires_at=since, status="done"))


def lock(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(
        AccountLock.objects.create(user=cast["owner"], address="a@mail.example", ended_at=since)
    )


def suspension(cast: Cast, since: datetime) -> Callable[[], bool]:
    begins = since - timedelta(days=7)
    return _there(
        Suspension.objects.create(
            user=cast["owner"], ground="rules", reason="-", begins_at=begins, ends_at=since,
            ended_at=since,
        )
    )  # fmt: skip


SAFETY = {
    "accounts.suspension:ended_at": suspension,
    "accounts.knowndevice:last_used_at": device,
    "accounts.safetyevent:created_at": safety_event,
    "accounts.safetylink:expires_at": safety_link,
    "accounts.accountlock:ended_at": lock,
}
