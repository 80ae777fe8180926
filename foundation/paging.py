"""Keyset pagination: `?after=<cursor>` seeks in an index; OFFSET would read what it skips."""

import base64
import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20


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


class Cursor:
    """Places in one order of rows, as text for addresses: `kinds` are the parts of a place.

    Encrypted, because a place holds an integer key, which is nobody's business.
    """

    def __init__(self, *kinds: type[datetime] | type[int]) -> None:
        self._kinds = kinds

    def write(self, *place: Any) -> str:
        parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in place]
        return _box().encrypt("~".join(parts).encode()).decode()

    def read(self, text: str | None) -> Any:
        """Return the place that a text stands for; None for what wasn't written for this order."""
        try:
            parts = _box().decrypt((text or "").encode()).decode().split("~")
            return tuple(
                datetime.fromisoformat(part) if kind is datetime else int(part)
                for kind, part in zip(self._kinds, parts, strict=True)
            )
        except (InvalidToken, ValueError):
            return None

    def page(self, items: list[Any], size: int, place_of: Callable[[Any], Any]) -> Page[Any]:
        """Return the first `size` items, and the cursor of what follows if there are more."""
        if len(items) <= size:
            return Page(items, None)
        return Page(items[:size], self.write(*place_of(items[size - 1])))


BY_MOMENT, _BY_KEY = Cursor(datetime, int), Cursor(int)


@functools.cache
def _box() -> Fernet:
    key = hashlib.sha256(b"paging:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def newest_first(
    rows: QuerySet[M], after: str | None, *, size: int = PAGE_SIZE, moment: str = "created_at"
) -> Page[M]:
    """Return the page of `rows` behind the cursor `after`, ordered by (moment, id) descending.

    A cursor that was tampered with starts from the beginning: it is a place, not a secret.
    """
    ordered = rows.order_by(f"-{moment}", "-pk")
    place = BY_MOMENT.read(after)
    if place is not None:
        ordered = ordered.filter(earlier_than(*place, moment=moment))
    return BY_MOMENT.page(list(ordered[: size + 1]), size, lambda row: place_of(row, moment))


def newest_keys(rows: QuerySet[M], after: str | None, *, size: int = PAGE_SIZE) -> Page[M]:
    """Return the page of `rows` behind the cursor `after`, by key alone, the newest key first."""
    ordered = rows.order_by("-pk")
    place = _BY_KEY.read(after)
    if place is not None:
        ordered = ordered.filter(pk__lt=place[0])
    return _BY_KEY.page(list(ordered[: size + 1]), size, lambda row: (row.pk,))


def earlier_than(at: Any, key: Any, *, moment: str = "created_at") -> Q:
    """Return the condition for what comes after (at, key); the first half is for the index."""
    behind = Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key})
    return Q(**{f"{moment}__lte": at}) & behind


def later_than(at: Any, key: Any, *, moment: str = "created_at") -> Q:
    """Return the condition for what comes after (at, key), the soonest first."""
    behind = Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "pk__gt": key})
    return Q(**{f"{moment}__gte": at}) & behind


def place_of(row: Any, moment: str) -> tuple[datetime, int]:
    """Return where a row stands in the order; rows of `.values()` have `pk` among them."""
    if isinstance(row, dict):
        return row[moment], row["pk"]
    return getattr(row, moment), row.pk
