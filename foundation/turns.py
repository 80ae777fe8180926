"""Rows that an index finds, asked about one after another until a page is full.

Where rows are filtered and sorted, PostgreSQL asks every condition of every row before it sorts:
a condition with sub-queries is asked of 10,000 rows for a page of twenty. Here what an index
answers comes first, as a sub-query in order, and everything else is asked of its rows in turn.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.where import WhereNode

M = TypeVar("M", bound=Model)


class _Found(BaseTable):
    """What stands in FROM in place of a table: rows of it, in order, under its name."""

    def __init__(self, table: str, alias: str | None, rows: QuerySet[Any]) -> None:
        super().__init__(table, alias)
        self.rows = rows

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = self.rows.query.get_compiler(connection=connection).as_sql()
        # OFFSET keeps PostgreSQL from putting the inner conditions and the outer ones together.
        return f"({sql} OFFSET 0) {compiler.quote_name_unless_alias(self.table_alias)}", parameters

    def relabeled_clone(self, change_map: dict[str | None, str]) -> "_Found":
        alias = change_map.get(self.table_alias, self.table_alias)
        return type(self)(self.table_name, alias, self.rows)


class _Mostly(WhereNode):
    """Conditions that most rows meet, which PostgreSQL can't count.

    It takes each for one that leaves half of the rows out, and would rather collect all rows than
    walk to so many. Of what IS NOT NULL it expects nearly all.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = super().as_sql(compiler, connection)
        return f"(CASE WHEN {sql} THEN 1 END) IS NOT NULL", parameters


def looked_up(rows: QuerySet[M]) -> QuerySet[M]:
    """Return the same rows as a queryset of its own: what is asked of it comes afterwards.

    Where few rows are meant and PostgreSQL would count on many, it would walk along an index in
    the order that is wanted, and meet none of them for long: here it has to look them up first.
    """
    rows_again: QuerySet[M] = rows.model._base_manager.all().order_by()
    alias: Any = rows_again.query.get_initial_alias()
    rows_again.query.alias_map[alias] = _Found(rows.model._meta.db_table, alias, rows)
    return rows_again


def in_turn(rows: QuerySet[M], ask: Callable[[QuerySet[M]], QuerySet[M]], most: int) -> QuerySet[M]:
    """Return the first of these ordered rows that are left by what `ask` filters.

    They keep their order. Don't order them again by themselves: PostgreSQL would think that all
    rows are wanted, and collect them.
    """
    asked = ask(looked_up(rows))
    where = asked.query.where
    asked.query.where = _Mostly(where.children, where.connector, where.negated)
    return asked[:most]
