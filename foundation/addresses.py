"""Addresses of this site as others need them: whole."""

import functools

from django.conf import settings
from django.urls import reverse

_STANDS_FOR = "0123456789abcdef012345"


def absolute(path: str) -> str:
    """Return the whole address of a page of this site, for letters, previews and machines."""
    return f"{settings.SITE_URL}{path}"


def path_of(route: str, name: str) -> str:
    """Return `reverse(route, args=[name])` for a route with one name, quickly.

    Lists have a hundred addresses, and `reverse` looks among all routes each time. `name`: letters,
    digits, "-", "_" and what signatures are made of, which no address has to escape.
    """
    before, after = _around(route)
    return f"{before}{name}{after}"


@functools.cache
def _around(route: str) -> tuple[str, str]:
    before, after = reverse(route, args=[_STANDS_FOR]).split(_STANDS_FOR)
    return before, after
