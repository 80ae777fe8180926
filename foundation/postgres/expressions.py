"""Expressions of PostgreSQL's that Django has no words for."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Func, QuerySet

from foundation.postgres.statements import Gap


class AmongKeys(Func):
    """Whether a column is one of few keys, which are found first: `column = ANY(ARRAY(…))`.

    With `IN (…)` PostgreSQL may walk an index in the order of the list instead, in the hope of
    meeting enough of the keys soon: all rows, where there are fewer of them than the list asks for.

    `keys`: a queryset of keys, or the gap for a list of them in a statement that is kept.
    """

    arity = 2
    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, column: str, keys: QuerySet[Any, Any] | Gap) -> None:
        super().__init__(column, keys if isinstance(keys, Gap) else ArraySubquery(keys))
