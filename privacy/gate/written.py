"""A condition on a model's rows as SQL, before it is known who looks and what the rows are called.

What isn't known yet is a parameter: the viewer's keys (`ViewerKey`), the row's own columns
(`Column`). Django's compiler writes all the SQL; its tree is altered before, the text never after.

It is altered by hand, and not by Django as in any sub-query, because Django names the tables of
sub-queries anew for each query that they are part of. That takes the milliseconds that are saved by
writing a condition once; so they get names here (`g_U0`) that no query around them has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, Model, Q
from django.db.models.expressions import Col
from django.db.models.sql import Query

from privacy.gate.probe import localised

_ROW = "its_row"  # the row's table while it has no name: no table that a statement has
Alter = Callable[[Query], None]


class ViewerKey(Expression):
    """A key, or a set of keys, of whoever will look: SQL, with parameters to fill in later."""

    def __init__(self, sql: str, *parameters: Any) -> None:
        super().__init__(output_field=BigIntegerField())
        self.sql, self.parameters = sql, parameters

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, self.parameters


@dataclass(frozen=True)
class Column:
    """A column of the row: its name in the database, and the model's."""

    name: str
    attname: str


class _RowColumn(Expression):
    """A column of the row, whatever its table is called."""

    def __init__(self, column: Col) -> None:
        super().__init__(output_field=column.output_field)
        self.column = Column(str(column.target.column), column.target.attname)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self.column,)


@dataclass(frozen=True)
class Written:
    """A condition as SQL, with `%s` for each of its parameters."""

    sql: str
    parameters: tuple[Any, ...]


def written(model: type[Model], condition: Q, alter: Alter | None = None) -> Written | bool:
    """Return a condition on a model's rows as SQL; true or false where it is the same for all rows.

    `alter` may change each query inside it, the outermost first, before it is written.
    """
    rows: Any = model._base_manager.filter(localised(model, condition)).order_by()
    query, table = rows.query, model._meta.db_table
    # All below is a copy then: nothing that is altered is shared with a declared rule.
    where = query.where.relabeled_clone({table: _ROW})
    _finish(where, alter)
    try:
        sql, parameters = query.get_compiler(connection=connection).compile(where)
    except EmptyResultSet:
        return False
    except FullResultSet:
        return True
    if joined := {alias for alias, uses in query.alias_refcount.items() if uses} - {table}:
        raise TypeError(f"the rule of {model.__name__} joins {sorted(joined)}: use a sub-query")
    if "%%" in sql:
        raise TypeError(f"the rule of {model.__name__} holds a percent sign: use a parameter")
    return Written(sql, tuple(parameters))


def _finish(node: Any, alter: Alter | None) -> None:
    """Put `_RowColumn` for the row's columns below a node, and alter the queries there."""
    parts = []
    for part in node.get_source_expressions():
        if isinstance(part, Query):
            for query in _with_combined(part):
                _finish_query(query, alter)
        elif hasattr(part, "get_source_expressions"):
            _finish(part, alter)
        is_row = isinstance(part, Col) and part.alias == _ROW
        parts.append(_RowColumn(part) if is_row else part)
    if parts:
        node.set_source_expressions(parts)


def _finish_query(query: Query, alter: Alter | None) -> None:
    query.change_aliases({alias: f"g_{alias}" for alias in query.alias_map})
    if alter is not None:
        alter(query)
    _finish(query.where, alter)
    for annotation in query.annotations.values():
        _finish(annotation, alter)


def _with_combined(query: Query) -> Iterator[Query]:
    """Yield a query, and those that a UNION makes it of."""
    yield query
    for combined in query.combined_queries:
        yield from _with_combined(combined)
