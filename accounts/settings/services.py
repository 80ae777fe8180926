"""Writers of a person's clock: their time zone and their quiet hours."""

from datetime import time

from django.db import transaction

from accounts.identity.models import User
from privacy import notices


@transaction.atomic
def set_zone(user: User, name: str) -> None:
    """Keep a time zone; "" stands for whatever the browser says."""
    _set(user, time_zone=name)


@transaction.atomic
def set_quiet(user: User, begins: time | None, ends: time | None, zone: str) -> None:
    """Keep quiet hours on the clock of a zone, or none; what they held back is looked at anew."""
    _set(user, quiet_from=begins, quiet_until=ends, time_zone=zone)
    notices.wake(user)


def _set(user: User, **values: object) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    User.objects.filter(pk=user.pk).update(**values)
