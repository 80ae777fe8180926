"""Browsers that somebody signed in with before, known by a cookie of their own.

A sign-in from an unknown one is told to its person; whoever counts failed sign-ins may go easier on
a known one, so that a stranger's guesses don't lock the owner out.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.identity.models import User
from accounts.security.models import KnownDevice

MOST = 30  # devices of one person; the one that was away longest is forgotten first


def is_known(request: HttpRequest, user: User) -> bool:
    """Return whether this person signed in with this browser before, and wasn't made to forget."""
    secret = _secret_of(request)
    return (
        bool(secret)
        and KnownDevice.objects.filter(
            user=user, secret_hash=_hash(secret, user), last_used_at__gt=timezone.now() - _life()
        ).exists()
    )


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Know this browser from now on; called when a sign-in is complete."""
    secret = _secret_of(request) or secrets.token_urlsafe(32)
    now = timezone.now()
    KnownDevice.objects.update_or_create(
        user=user, secret_hash=_hash(secret, user), defaults={"last_used_at": now}
    )
    theirs = KnownDevice.objects.filter(user=user).order_by("-last_used_at", "-pk")
    KnownDevice.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)[MOST:])).delete()
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        secret,
        max_age=_life(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_all(user: User) -> None:
    """Know none of a person's browsers any more."""
    KnownDevice.objects.filter(user=user).delete()


def _life() -> timedelta:
    return timedelta(days=settings.RETENTION_DEVICES_DAYS)


def _secret_of(request: HttpRequest) -> str:
    """Return the cookie's value, or nothing where it is none that we make."""
    value: Any = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return value if len(value) == 43 else ""


def _hash(secret: str, user: User) -> str:
    return salted_hmac(
        "accounts.devices", f"{user.public_id}:{secret}", algorithm="sha256"
    ).hexdigest()
