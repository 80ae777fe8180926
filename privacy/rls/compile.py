"""A visibility rule as the SQL of a policy.

The rule is asked for a viewer whose key isn't a number but an expression: the setting that every
statement carries. Policies can't join, so what a rule says about a related row becomes a probe
(`privacy.gate.probe`); and policies that read each other's tables would run in circles, so
relations read a guarded table through a view of the viewer's own rows of it.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, Model, Q
from psycopg import sql as sql_parts

from privacy.gate import decision
from privacy.gate.probe import localised
from privacy.gate.rules import Relation
from privacy.gate.viewer import Viewer
from privacy.rls.declare import protected_models

SCHEMA = "rls"
VIEWER = "nullif(current_setting('app.viewer', true), '')::bigint"
LINKS = "SELECT unnest(string_to_array(current_setting('app.links', true), ',')::bigint[])"
_SHAPE = {"INSERT": "with check ({0})", "UPDATE": "using ({0}) with check ({0})"}


class Setting(Expression):
    """A setting of the transaction, as an expression."""

    def __init__(self, sql: str) -> None:
        super().__init__(output_field=BigIntegerField())
        self.sql = sql

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self.sql, ()


@dataclass(frozen=True)
class View:
    """The viewer's own rows of a guarded table, by the column that names them.

    With `group`, also the rows beside them: everybody's in the groups where the viewer has one.
    """

    table: str
    column: str
    group: str = ""

    @property
    def name(self) -> str:
        beside = "__beside" if self.group else ""
        return f'"{SCHEMA}"."{self.table}__{self.column}{beside}"'

    @property
    def condition(self) -> str:
        own = f'"{self.column}" = {VIEWER}'
        if not self.group:
            return own
        mine = f'select from "{self.table}" as mine where mine."{self.group}" = its."{self.group}"'
        return f"exists ({mine} and mine.{own})"


@dataclass(frozen=True)
class Policy:
    """One policy of one table, and the views that it reads."""

    table: str
    name: str
    command: str
    condition: str
    views: frozenset[View] = frozenset()

    @property
    def shape(self) -> str:
        return _SHAPE.get(self.command, "using ({0})").format(self.condition)


def policies() -> list[Policy]:
    """Return every policy that the declarations ask for, in a stable order."""
    found = []
    for model, guard in protected_models().items():
        table = model._meta.db_table
        seen, views = _sees(model)
        found.append(Policy(table, "web_select", "SELECT", seen, views))
        for command, relation in (
            ("INSERT", guard.insert), ("UPDATE", guard.update), ("DELETE", guard.delete),
        ):  # fmt: skip
            if relation is not None:
                tied, more = _tied(model, relation)
                both = f"({tied}) and ({seen})" if tied != "true" else seen
                found.append(Policy(table, f"web_{command.lower()}", command, both, views | more))
    return sorted(found, key=lambda one: (one.table, one.name))


def _symbolic(*, member: bool = True) -> Viewer:
    who: Any = Setting(VIEWER) if member else None
    return Viewer(user_id=who, links=_links(), trusts=frozenset(protected_models()))


def _links() -> Any:
    return frozenset({Setting(LINKS)})


def _sees(model: type[Model]) -> tuple[str, frozenset[View]]:
    member, views = _sql(model, decision.rows_for(model, _symbolic()))
    nobody, more = _sql(model, decision.rows_for(model, _symbolic(member=False)))
    if nobody == "false":
        return f"{VIEWER} is not null and ({member})", views
    whole = f"({VIEWER} is not null and ({member})) or ({VIEWER} is null and ({nobody}))"
    return whole, views | more


def _tied(model: type[Model], relation: Relation) -> tuple[str, frozenset[View]]:
    return _sql(model, relation.rows(_symbolic()))


def _sql(model: type[Model], condition: Q) -> tuple[str, frozenset[View]]:
    """Return a condition on the model's rows as SQL without parameters."""
    rows: Any = model._base_manager.filter(localised(model, condition)).order_by()
    query = rows.query
    try:
        sql, parameters = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return "false", frozenset()
    except FullResultSet:
        return "true", frozenset()
    used = {alias for alias, count in query.alias_refcount.items() if count}
    if joined := sorted(used - {model._meta.db_table}):
        raise TypeError(f"the rule of {model.__name__} joins {joined}: row-level security can't")
    return _through_views(model, sql % tuple(_literal(one) for one in parameters))


def _literal(value: Any) -> str:
    """Return a value as SQL. A moment is refused: a policy would hold it for ever."""
    if not isinstance(value, str | int):
        raise TypeError(f"a policy can't hold {value!r}; a moment is Now(), in the database")
    return sql_parts.Literal(value).as_string(None)


def _through_views(model: type[Model], sql: str) -> tuple[str, frozenset[View]]:
    """Have sub-queries on guarded tables read the viewer's own rows alone."""
    views = set()
    for one, guard in protected_models().items():
        table = one._meta.db_table
        for found in reversed(list(re.finditer(rf'(?:FROM|JOIN) ("{table}") (\w+)', sql))):
            alias = found.group(2)
            inside = sql[found.start() : _end(sql, found.start())]
            narrowed = re.search(rf'{alias}\."(\w+)" = \(?{re.escape(VIEWER)}', inside)
            if narrowed is not None and _always(inside[: narrowed.start()]):
                view = View(table, narrowed.group(1))
            elif guard.beside is not None:
                view = View(table, *guard.beside)
            elif one is model:
                raise TypeError(f"the rule of {model.__name__} reads its own table: {sql}")
            else:
                continue  # read through that table's own policies
            views.add(view)
            sql = sql[: found.start(1)] + view.name + sql[found.end(1) :]
    return sql, frozenset(views)


def _always(before: str) -> bool:
    """Return whether what follows is asked of every row: not inside an OR or a NOT."""
    where = before[before.find(" WHERE ") :]
    return where.count("(") - where.count(")") <= 1


def _end(sql: str, start: int) -> int:
    """Return where the parenthesis ends in which a position stands."""
    depth = 0
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth < 0:
            return place
    return len(sql)
