"""The gate's conditions as SQL, worked out once for each model and kind of viewer.

To put a rule together and have Django write its SQL takes 3 to 20 ms, longer than PostgreSQL needs
to answer. What it writes differs from viewer to viewer in one number, their key. So the SQL is
kept, and what is left to do for a query is to fill in the key and the names of the outer columns.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Expression, F, Model, Q

from foundation.postgres.prepared import Choice
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.probe import localised
from privacy.gate.relations import ALL_ROWS, NO_ROWS
from privacy.gate.viewer import Viewer

_WHO: Any = object()  # stands in the parameters for the viewer's key
_ALIAS = re.compile(r'(?<!["\w])([A-Z]{1,3}\d+)\b')


class _Key(Expression):
    """The viewer's key, before it is known whose."""

    def __init__(self) -> None:
        super().__init__(output_field=BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (_WHO,)


_ANY_MEMBER: Any = _Key()


@dataclass(frozen=True, eq=False)
class Text:
    """A condition as SQL with gaps: `pieces` around `columns` of the row, and parameters."""

    pieces: tuple[str, ...]
    columns: tuple[str, ...]
    parameters: tuple[Any, ...]


class Kept(Expression):
    """A condition whose SQL is known, on the rows of whatever alias it is used with."""

    conditional = True

    def __init__(self, text: Text, key: int | None) -> None:
        super().__init__(output_field=BooleanField())
        self.text, self.key = text, key
        self.columns: list[Any] = [F(name) for name in dict.fromkeys(text.columns)]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Any) -> None:
        self.columns = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        names = dict.fromkeys(self.text.columns)
        written = {
            name: compiler.compile(column)[0]
            for name, column in zip(names, self.columns, strict=True)
        }
        sql = [self.text.pieces[0]]
        for name, piece in zip(self.text.columns, self.text.pieces[1:], strict=True):
            sql += (written[name], piece)
        parameters = tuple(self.key if one is _WHO else one for one in self.text.parameters)
        return f"({''.join(sql)})", parameters


_kept: dict[tuple[Any, ...], Text | Q] = {}
rules.on_change(_kept.clear)


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return `rules.rows_for`: which rows this viewer may see."""
    return _condition(("rows", model), model, viewer, lambda one: rules.rows_for(model, one))


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return `rules.field_rows_for`: of visible rows, those whose field is seen too."""
    key = ("field", model, name)
    return _condition(key, model, viewer, lambda one: rules.field_rows_for(model, name, one))


def audience_rows_for(model: type[Model], audience: Audience, viewer: Viewer) -> Q:
    """Return `rules.audience_rows_for`: of visible rows, those whose owner counts the viewer in."""
    key = ("among", model, audience)
    return _condition(key, model, viewer, lambda one: rules.audience_rows_for(model, audience, one))


def stands_open(model: type[Model], person: str, viewer: Viewer) -> Q:
    """Return `rules.stands_open` on rows of a model that name a person."""
    key = ("open", model, person)
    return _condition(key, model, viewer, lambda one: rules.stands_open(person, one))


def _condition(
    key: tuple[Any, ...], model: type[Model], viewer: Viewer, ask: Callable[[Viewer], Q]
) -> Q:
    if viewer.real is not None or viewer.links:
        return ask(viewer)  # borrowed eyes and holders of links are few, and all different
    kind = replace(viewer, user_id=0 if viewer.is_member else None, app=viewer.app and "app")
    text = _kept.get((*key, kind))
    if text is None:
        text = _kept[(*key, kind)] = _write(model, ask, kind)
    return Q(Kept(text, viewer.user_id)) if isinstance(text, Text) else text


def _write(model: type[Model], ask: Callable[[Viewer], Q], kind: Viewer) -> Text | Q:
    who = replace(kind, user_id=_ANY_MEMBER if kind.is_member else None)
    rows: Any = model._base_manager.filter(localised(model, ask(who))).order_by()
    query = rows.query
    try:
        sql, parameters = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return NO_ROWS
    except FullResultSet:
        return ALL_ROWS
    table = model._meta.db_table
    if joined := {alias for alias, uses in query.alias_refcount.items() if uses} - {table}:
        raise TypeError(f"the rule of {model.__name__} joins {sorted(joined)}: use a sub-query")
    # Inner aliases get names that no outer query has; the row's own columns become gaps.
    parts = re.split(rf'"{table}"\."(\w+)"', _ALIAS.sub(r"g_\1", sql))
    named = {column.column: column.attname for column in model._meta.concrete_fields}
    # What a rule says is a part of the statement; only the viewer's key differs.
    constants = tuple(Choice(one) if isinstance(one, str) else one for one in parameters)
    return Text(tuple(parts[::2]), tuple(named[one] for one in parts[1::2]), constants)
