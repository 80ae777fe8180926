"""What a copy holds: every exported field of the data map, and what others wrote to the person."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from privacy import datamap
from privacy.datamap import Datum, Held
from privacy.gate.access import visible
from privacy.gate.viewer import Via, Viewer


@dataclass(frozen=True)
class Section:
    """One file of the copy: rows of one model, and the fields of them that go in.

    `ours` is whether the person provided the rows; what others wrote to them is asked of the gate.
    """

    name: str
    label: str | Promise
    held: Held
    fields: tuple[str, ...]
    source: Callable[[Any], QuerySet[Any]]
    ours: bool = True

    @property
    def model(self) -> type[Model]:
        return self.held.model

    @property
    def path(self) -> str:
        return f"data/{self.name}.json"

    def datum(self, field: str) -> Datum:
        return self.held.fields[field]

    def rows(self, user: Any) -> QuerySet[Any]:
        """Return the person's rows by key; others' only as far as the person sees them now."""
        rows = self.source(user)
        if not self.ours:
            rows = visible(rows, Viewer(user.pk, Via.JOB))
        return rows.order_by("pk")


@dataclass(frozen=True)
class _Also:
    model: type[Model]
    label: str | Promise
    fields: Sequence[str]
    source: Callable[[Any], QuerySet[Any]]
    ours: bool


_also: dict[str, _Also] = {}


def also(
    model: type[Model],
    *,
    label: str | Promise,
    fields: Sequence[str],
    rows: Callable[[Any], QuerySet[Any]],
    name: str = "received",
    ours: bool = False,
) -> None:
    """Add what concerns a person and is another's row; called from `<app>/privacy.py`.

    The gate is asked on top of `rows`, so a copy never holds more than the person can read; unless
    it is of their own doing (`ours`), such as an invitation they sent. `name` begins the file's.
    """
    _also[f"{name}.{model._meta.label_lower}"] = _Also(model, label, fields, rows, ours)


def exported_fields(held: Held) -> tuple[str, ...]:
    return tuple(name for name, datum in held.fields.items() if datum.export)


def sections() -> Iterator[Section]:
    """Yield every section of a copy, in an order that doesn't depend on whose it is."""
    by_model = {}
    for held in sorted(datamap.held(), key=lambda item: item.name):
        by_model[held.model] = held
        fields = exported_fields(held)
        if held.subjects and fields:
            yield Section(held.name, held.label, held, fields, _provided(held))
    for name, extra in sorted(_also.items()):
        held = by_model[extra.model]
        yield Section(name, extra.label, held, tuple(extra.fields), extra.source, ours=extra.ours)


def _provided(held: Held) -> Callable[[Any], QuerySet[Any]]:
    def source(user: Any) -> QuerySet[Any]:
        rows = held.rows_of(user).filter(held.exported)
        return rows.filter(held.exported_to(user)) if held.exported_to else rows

    return source
