"""Public ids: what URLs, sockets and exports name things by."""

import secrets
from typing import Any

from django.db import models

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 22  # 22 × log2(58) = 128.9 bits: can't be guessed, never collides


def new_public_id() -> str:
    """Return 22 random base-58 characters (no look-alikes, safe in URLs and speech)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """A random, unique, unchanging name for a row; the integer key never leaves the server."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LENGTH)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", new_public_id)
        super().__init__(**kwargs)
