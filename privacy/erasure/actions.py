"""What becomes of one field when its person is erased and its row stays."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    EmailField,
    F,
    Field,
    FileField,
    FloatField,
    GenericIPAddressField,
    IntegerField,
    JSONField,
    TextField,
    TimeField,
    UniqueConstraint,
    UUIDField,
)

from foundation.ids import new_public_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unerasable(Exception):
    """A field that can be neither null, nor empty, nor random."""


def emptied(column: Any) -> Any:
    """Return a value that says nothing: null, else empty, else the least of its kind.

    Not for columns that must differ from row to row: see `needs_one_each` and `tombstone`.
    """
    if column.null:
        return None
    if column.choices and column.has_default():
        return column.get_default()
    return _least(column)


def tombstone(column: Any) -> Any:
    """Return a random value of the column's kind, which is nobody's."""
    if isinstance(column, EmailField):
        return f"{new_public_id()}@erased.invalid"  # RFC 2606: no mail ever goes there
    if isinstance(column, UUIDField):
        return uuid.uuid4()
    if isinstance(column, CharField | TextField):
        return new_public_id()[: column.max_length or 22]
    raise Unerasable(f"{column.model._meta.label}.{column.name} can't be random")


_LEAST: tuple[tuple[type[Field[Any, Any]] | tuple[type[Field[Any, Any]], ...], Any], ...] = (
    ((FileField, CharField, TextField), ""),
    (BinaryField, b""),
    (GenericIPAddressField, "0.0.0.0"),  # noqa: S104  (an address that is nobody's)
    (BooleanField, False),
    (DateTimeField, EPOCH),  # before DateField, which it inherits
    (DateField, date(1970, 1, 1)),
    (TimeField, time()),
    (DurationField, timedelta()),
    ((IntegerField, FloatField, DecimalField), 0),
)


def _least(column: Any) -> Any:
    for kinds, value in _LEAST:
        if isinstance(column, kinds):
            return value
    if isinstance(column, ArrayField):
        return []
    if isinstance(column, JSONField):
        return column.get_default() if column.has_default() else {}
    if isinstance(column, UUIDField):
        return tombstone(column)
    if column.has_default():
        return column.get_default()
    raise Unerasable(f"{column.model._meta.label}.{column.name} can't be emptied")


def needs_one_each(column: Any) -> bool:
    """Return whether each row needs its own value: unique alone, or text unique with others."""
    if column.null:
        return False
    text = isinstance(column, CharField | TextField | UUIDField)
    return bool(column.unique or (text and column.name in _in_constraints(column.model)))


def _in_constraints(model: Any) -> set[Any]:
    columns: set[Any] = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            columns |= set(constraint.fields)
            expressions: Any = constraint.expressions
            for expression in expressions:
                leaves: list[Any] = [part for part in expression.flatten() if isinstance(part, F)]
                columns |= {leaf.name for leaf in leaves}
    return columns
