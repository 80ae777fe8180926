"""Codes of an app (TOTP, RFC 6238): the code of now and of the step before, each step once.

allauth takes steps on both sides or none, and remembers a used code for one step alone, so that
with a tolerance a code could be used again. Here the last step that was used is kept in the row
(section 5.2 of the RFC): that one and all before it are refused, whatever becomes of a cache.
"""

import time
from collections.abc import Iterator
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from accounts.identity.allauth_internals import compare_user_code
from accounts.identity.allauth_internals import totp as auth

LAST_STEP = "last_step"  # key in the authenticator's data: the newest step whose code was used


def steps() -> Iterator[int]:
    """Yield the steps whose codes are taken: half a minute each, the one of now first."""
    now = int(time.time()) // int(app_settings.TOTP_PERIOD)
    yield now
    yield now - 1


def activate(cls: type[Any], user: Any, secret: str) -> Any:
    """Switch codes on. The code that was typed for it, and all before, are used by that."""
    data = {"secret": encrypt(secret), LAST_STEP: next(steps())}
    row = Authenticator(user=user, type=Authenticator.Type.TOTP, data=data)
    row.save()
    return cls(row)


def validate_code(totp: Any, code: str) -> bool:
    """Return whether this is an unused code of this step or the one before; then it is used."""
    secret = decrypt(totp.instance.data["secret"])
    for step in steps():
        expected = auth.format_hotp_value(auth.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            return _use(totp.instance, step)
    return False


@transaction.atomic
def _use(authenticator: Authenticator, step: int) -> bool:
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    if row.data.get(LAST_STEP, 0) >= step:
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


def install() -> None:
    """Have allauth check codes so, wherever it does: it has no setting for that."""
    auth.yield_hotp_counters_from_time = steps
    auth.TOTP.activate = classmethod(activate)
    auth.TOTP.validate_code = validate_code
