"""Statements that are written once for each kind of viewer: the gate's SQL and all around it.

`compiled` keeps the gate's conditions; here the whole queryset is kept that they are part of, with
gaps for the viewer's key and for what else differs from use to use:

    _MINE = GatedStatement(lambda viewer: visible(Recording, viewer).filter(owner=Gap("owner")))
    rows = _MINE.all(viewer, owner=5)

Nobody, members and apps are kept. Holders of links and those who borrow somebody's eyes come
seldom: for them the same queryset is put together anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from django.db.models import DateTimeField, QuerySet

from foundation.paging import BY_MOMENT, PAGE_SIZE, Page, earlier_than, later_than, place_of
from foundation.postgres.statements import Gap, Statement
from privacy.gate import compiled, rules
from privacy.gate.access import raise_hidden
from privacy.gate.viewer import Viewer

Row = TypeVar("Row")
_VIEWER = "the viewer's key"


class GatedStatement(Generic[Row]):
    """A queryset that is put together once for each kind of viewer.

    `make` may use the viewer in the gate's functions alone, or its key as a value to compare with.
    """

    def __init__(self, make: Callable[[Viewer], QuerySet[Any, Row]]) -> None:
        self.make = make
        self._kept: dict[Viewer, Statement[Row]] = {}
        rules.on_change(self._kept.clear)

    def all(self, viewer: Viewer, **values: Any) -> list[Row]:
        """Run it for a viewer, with a value for each gap; return the rows."""
        if viewer.links or viewer.pose or viewer.real or viewer.trusts:
            return Statement(lambda: self.make(viewer)).all(**values)
        kind = compiled.kind_of(viewer)
        kept = self._kept.get(kind)
        if kept is None:
            key: Any = Gap(_VIEWER) if viewer.is_member else viewer.user_id
            somebody = replace(kind, user_id=key)
            kept = self._kept[kind] = Statement(lambda: self.make(somebody))
        return kept.all(**{_VIEWER: viewer.user_id, **values})

    def first(self, viewer: Viewer, **values: Any) -> Row | None:
        rows = self.all(viewer, **values)
        return rows[0] if rows else None

    def first_or_404(self, viewer: Viewer, **names: Any) -> Row:
        """Return the one visible row of these names, or raise what `get_visible_or_404` does."""
        row = self.first(viewer, **names)
        if row is None:
            raise_hidden(self.make(viewer).model, *names.values())
        return row

    def attach(self, rows: Iterable[Any], viewer: Viewer, name: str, *, by: str) -> list[Any]:
        """Give each row, as a list `name`, those of this statement whose `by` is its key.

        The statement has the gap `keys`. One query for all rows; none where there are none.
        """
        by_key = {row.pk: row for row in rows}
        for row in by_key.values():
            setattr(row, name, [])
        for part in self.all(viewer, keys=list(by_key)) if by_key else ():
            getattr(by_key[getattr(part, by)], name).append(part)
        return list(by_key.values())


class GatedPages(Generic[Row]):
    """The pages of a list, newest first by (`moment`, key): `foundation.paging.newest_first`.

    `soonest`: the earliest moment first instead, for what is still to come.
    """

    def __init__(
        self,
        make: Callable[[Viewer], QuerySet[Any, Row]],
        *,
        size: int = PAGE_SIZE,
        moment: str = "created_at",
        soonest: bool = False,
    ) -> None:
        order, following = ("", later_than) if soonest else ("-", earlier_than)

        def ordered(viewer: Viewer) -> QuerySet[Any, Row]:
            return make(viewer).order_by(f"{order}{moment}", f"{order}pk")

        at, key = Gap("at", DateTimeField()), Gap("key")
        behind = following(at, key, moment=moment)
        self.size, self.moment = size, moment
        self._first = GatedStatement(lambda viewer: ordered(viewer)[: size + 1])
        self._behind = GatedStatement(lambda viewer: ordered(viewer).filter(behind)[: size + 1])

    def page(self, viewer: Viewer, after: str | None, **values: Any) -> Page[Any]:
        """Return the page behind the cursor `after`, with a value for each gap."""
        place = BY_MOMENT.read(after)
        if place is None:
            rows = self._first.all(viewer, **values)
        else:
            rows = self._behind.all(viewer, at=place[0], key=place[1], **values)
        return BY_MOMENT.page(rows, self.size, lambda row: place_of(row, self.moment))
