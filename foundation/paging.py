"""Keyset pagination: `?after=<cursor>` seeks in an index; OFFSET would read what it skips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20
_signer = signing.Signer(salt="paging")


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
            at, key = place
            earlier = Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key})
            ordered = ordered.filter(earlier, **{f"{moment}__lte": at})
    items = list(ordered[: size + 1])
    if len(items) <= size:
        return Page(items, None)
    last = items[size - 1]
    return Page(items[:size], _signer.sign(f"{getattr(last, moment).isoformat()}~{last.pk}"))


def _read(cursor: str) -> tuple[datetime, int] | None:
    try:
        at, key = _signer.unsign(cursor).split("~")
        return datetime.fromisoformat(at), int(key)
    except (signing.BadSignature, ValueError):
        return None
