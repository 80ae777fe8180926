"""Keyset pagination: `?after=<cursor>` seeks in an index; OFFSET would read what it skips."""

import base64
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20


@functools.cache
def _box() -> Fernet:
    """Cursors hold an integer key, which is nobody's business: they are encrypted."""
    key = hashlib.sha256(b"paging:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


@dataclass(frozen=True)
class Page(Generic[M]):
    """Up to `PAGE_SIZE` rows, newest first, and the cursor of what follows."""

    items: Sequence[M]
    after: str | None

    def next_url(self, request: HttpRequest) -> str | None:
        if self.after is None:
            return None
        query = request.GET.copy()
        query["after"] = self.after
        return f"{request.path}?{query.urlencode()}"


def newest_first(
    rows: QuerySet[M], after: str | None, *, size: int = PAGE_SIZE, moment: str = "created_at"
) -> Page[M]:
    """Return the page of `rows` behind the cursor `after`, ordered by (moment, id) descending.

    A cursor that was tampered with starts from the beginning: it is a place, not a secret.
    """
    ordered = rows.order_by(f"-{moment}", "-pk")
    if after:
        place = _read(after)
        if place is not None:
            ordered = ordered.filter(earlier_than(*place, moment=moment))
    items = list(ordered[: size + 1])
    if len(items) <= size:
        return Page(items, None)
    at, key = _place_of(items[size - 1], moment)
    return Page(items[:size], _box().encrypt(f"{at.isoformat()}~{key}".encode()).decode())


def newest_keys(rows: QuerySet[M], after: str | None, *, size: int = PAGE_SIZE) -> Page[M]:
    """Return the page of `rows` behind the cursor `after`, by key alone, the newest key first."""
    ordered = rows.order_by("-pk")
    if after:
        place = _read_key(after)
        if place is not None:
            ordered = ordered.filter(pk__lt=place)
    items = list(ordered[: size + 1])
    if len(items) <= size:
        return Page(items, None)
    return Page(items[:size], _box().encrypt(str(items[size - 1].pk).encode()).decode())


def seal(*place: int) -> str:
    """Return a cursor for a place in an order of whole numbers."""
    return _box().encrypt("~".join(map(str, place)).encode()).decode()


def unseal(cursor: str | None, parts: int) -> list[int] | None:
    """Return the place that a cursor stands for; None for what isn't one of ours."""
    try:
        place = [int(one) for one in _box().decrypt((cursor or "").encode()).decode().split("~")]
    except (InvalidToken, ValueError):
        return None
    return place if len(place) == parts else None


def _read_key(cursor: str) -> int | None:
    try:
        return int(_box().decrypt(cursor.encode()))
    except (InvalidToken, ValueError):
        return None


def earlier_than(at: datetime, key: int, *, moment: str = "created_at") -> Q:
    """Return the condition for what comes after (at, key); the first half is for the index."""
    behind = Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key})
    return Q(**{f"{moment}__lte": at}) & behind


def _place_of(row: Any, moment: str) -> tuple[datetime, int]:
    """Return where a row stands in the order; rows of `.values()` have `pk` among them."""
    if isinstance(row, dict):
        return row[moment], row["pk"]
    return getattr(row, moment), row.pk


def _read(cursor: str) -> tuple[datetime, int] | None:
    try:
        at, key = _box().decrypt(cursor.encode()).decode().split("~")
        return datetime.fromisoformat(at), int(key)
    except (InvalidToken, ValueError):
        return None
