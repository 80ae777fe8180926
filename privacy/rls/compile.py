"""A visibility rule as the SQL of a policy.

The rule is asked for a viewer whose key isn't a number but an expression: the setting that every
statement carries. Policies can't join, so what a rule says about a related row becomes a probe
(`privacy.gate.probe`); and policies that read each other's tables would run in circles, so
relations read a guarded table through a view of the viewer's own rows of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql import Query
from django.db.models.sql.where import AND, WhereNode
from psycopg import sql as sql_parts

from privacy.gate import decision
from privacy.gate.rules import Relation
from privacy.gate.viewer import Viewer
from privacy.gate.written import Column, ViewerKey, written
from privacy.rls.declare import protected_models

SCHEMA = "rls"
VIEWER = "nullif(current_setting('app.viewer', true), '')::bigint"
LINKS = "SELECT unnest(string_to_array(current_setting('app.links', true), ',')::bigint[])"
_SHAPE = {"INSERT": "with check ({0})", "UPDATE": "using ({0}) with check ({0})"}


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
    policies = []
    for model, guard in protected_models().items():
        table = model._meta.db_table
        seen, views = _sees(model)
        policies.append(Policy(table, "web_select", "SELECT", seen, views))
        for command, relation in (
            ("INSERT", guard.insert), ("UPDATE", guard.update), ("DELETE", guard.delete),
        ):  # fmt: skip
            if relation is not None:
                tied, more = _tied(model, relation)
                both = f"({tied}) and ({seen})" if tied != "true" else seen
                policies.append(
                    Policy(table, f"web_{command.lower()}", command, both, views | more)
                )
    return sorted(policies, key=lambda policy: (policy.table, policy.name))


def _symbolic(*, member: bool = True) -> Viewer:
    who: Any = ViewerKey(VIEWER) if member else None
    return Viewer(user_id=who, links=_links(), trusts=frozenset(protected_models()))


def _links() -> Any:
    return frozenset({ViewerKey(LINKS)})


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
    """Return a condition on the model's rows as SQL without parameters, and the views it reads."""
    views: set[View] = set()

    def through_views(query: Query) -> None:
        for alias, table in query.alias_map.items():
            if query.alias_refcount[alias] and (view := _view_of(model, query, alias)):
                views.add(view)
                table.table_name = view.name

    condition_sql = written(model, condition, through_views)
    if isinstance(condition_sql, bool):
        return str(condition_sql).lower(), frozenset()
    literals = tuple(_literal(model, parameter) for parameter in condition_sql.parameters)
    return condition_sql.sql % literals, frozenset(views)


def _literal(model: type[Model], value: Any) -> str:
    """Return a parameter as SQL. A moment is refused: a policy would hold it for ever."""
    if isinstance(value, Column):
        return f'"{model._meta.db_table}"."{value.name}"'
    if not isinstance(value, str | int):
        raise TypeError(f"a policy can't hold {value!r}; a moment is Now(), in the database")
    return sql_parts.Literal(value).as_string(None)


def _view_of(model: type[Model], query: Query, alias: str) -> View | None:
    """Return the view to read where the rule of a model reads a guarded table; else None."""
    table = query.alias_map[alias].table_name
    for protected, guard in protected_models().items():
        if protected._meta.db_table != table:
            continue
        if column := _narrowed(query.where, alias):
            return View(table, column)
        if guard.beside is not None:
            return View(table, *guard.beside)
        if protected is model:
            raise TypeError(f"the rule of {model.__name__} reads its own table: {query}")
    return None  # not guarded, or read through that table's own policies


def _narrowed(where: WhereNode, alias: str) -> str | None:
    """Return the column by which all rows of a table are the viewer's own, if there is one."""
    for asked in _asked_of_all(where):
        if isinstance(asked, Exact) and _is_viewer(asked.rhs):
            column = asked.lhs
            if isinstance(column, Col) and column.alias == alias:
                return str(column.target.column)
    return None


def _asked_of_all(where: WhereNode) -> Iterator[Any]:
    """Yield what is asked of every row: not inside an OR or a NOT."""
    if where.negated or (where.connector != AND and len(where.children) > 1):
        return
    for child in where.children:
        if isinstance(child, WhereNode):
            yield from _asked_of_all(child)
        else:
            yield child


def _is_viewer(value: Any) -> bool:
    return isinstance(value, ViewerKey) and value.sql == VIEWER
