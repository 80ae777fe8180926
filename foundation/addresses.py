"""Addresses of this site as others need them: whole."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the whole address of a page of this site, for letters, previews and machines."""
    return f"{settings.SITE_URL}{path}"
