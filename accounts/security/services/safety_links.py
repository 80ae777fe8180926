"""Links in security letters: random, hashed where they are stored, used once, good for a week."""

import hashlib
import secrets
from datetime import timedelta

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import User
from accounts.security.models import SafetyLink
from foundation.addresses import absolute

LASTS = timedelta(days=7)
MOST_IN_AN_HOUR = 5  # letters with a link that works; more would say nothing new


def make(user: User, does: str, address: str) -> str:
    """Write a link for a letter to one address; return where it leads."""
    secret = new_secret()
    SafetyLink.objects.create(
        user=user,
        does=does,
        address=address,
        secret_hash=hash_of(secret),
        expires_at=timezone.now() + LASTS,
        status=SafetyLink.Status.DONE,
    )
    return path_of(secret)


def are_at_hand(user: User, does: str) -> bool:
    """Return whether so many links were mailed in the last hour, and still work, that they do."""
    lately = timezone.now() - timedelta(hours=1)
    mailed = SafetyLink.objects.filter(user=user, does=does, used_at__isnull=True)
    mailed = mailed.filter(created_at__gt=lately).exclude(secret_hash="")
    return mailed.count() >= MOST_IN_AN_HOUR


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def path_of(secret: str) -> str:
    return absolute(reverse("safety_link", args=[secret]))


def hash_of(secret: str) -> str:
    return hashlib.sha256(f"accounts.safety:{secret}".encode()).hexdigest()


def open_link(secret: str, *, take: bool = False) -> SafetyLink:
    """Return the link of a secret while it may be used, or raise the one Http404.

    With `take`, lock its row until the transaction ends: of two at once, one is too late.
    """
    rows = SafetyLink.objects.select_related("user")
    if take:
        rows = rows.select_for_update(of=("self",))
    link = rows.filter(
        secret_hash=hash_of(secret),
        used_at__isnull=True,
        expires_at__gt=timezone.now(),
        user__isnull=False,
    ).first()
    if link is None:
        raise Http404
    return link


def void(user: User, *, undo: bool = False) -> None:
    """End a person's open links; those that bring an old address back only if `undo` says so."""
    rows = SafetyLink.objects.filter(user=user, used_at__isnull=True)
    if not undo:
        rows = rows.filter(does=SafetyLink.Does.LOCK)
    rows.update(used_at=timezone.now())
