"""The gate's conditions as SQL, worked out once for each model and kind of viewer.

To put a rule together and have Django write its SQL takes 3 to 20 ms, longer than PostgreSQL needs
to answer. What it writes differs from viewer to viewer in a few keys: theirs, those of the links
they hold, of who borrows whose eyes. So the SQL is kept, and what is left to do for a query is to
fill in the keys and the names of the outer columns.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Expression, F, Model, Q

from foundation.postgres.prepared import Choice
from privacy.gate import decision, rules
from privacy.gate.audiences import Audience
from privacy.gate.probe import localised
from privacy.gate.relations import ALL_ROWS, NO_ROWS
from privacy.gate.viewer import ANY_APP, NOBODY, Via, Viewer

_ALIAS = re.compile(r'(?<!["\w])([A-Z]{1,3}\d+)\b')


class Slot(Enum):
    """What stands in the parameters until it is known who looks."""

    USER = auto()
    LINKS = auto()
    POSER = auto()  # of whose own things a pose is
    REAL_USER = auto()  # who borrows the eyes
    REAL_LINKS = auto()


_GAPS = {  # of a viewer, and of who stands behind borrowed eyes
    False: (Slot.USER, Slot.LINKS, Slot.POSER),
    True: (Slot.REAL_USER, Slot.REAL_LINKS, Slot.POSER),
}


class _Gap(Expression):
    """A key, or a set of keys, before it is known whose."""

    def __init__(self, slot: Slot, sql: str = "%s") -> None:
        super().__init__(output_field=BigIntegerField())
        self.slot, self.sql = slot, sql

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, (self.slot,)


def _kind(viewer: Viewer) -> Viewer:
    """Return what many viewers have in common: the same, with 1 for whoever it is."""
    return replace(
        viewer,
        user_id=1 if viewer.user_id else viewer.user_id,
        via=Via.INDEX if viewer.via is Via.INDEX else Via.PAGE,  # only that makes a difference
        links=frozenset({1}) if viewer.links else frozenset(),
        app=viewer.app and "app",
        pose=viewer.pose and replace(viewer.pose, owner_id=1),
        real=viewer.real and _kind(viewer.real),
    )


def _standing_for(kind: Viewer, *, real: bool = False) -> Viewer:
    """Return a viewer of a kind whose keys are gaps."""
    user, links, poser = _GAPS[real]
    key, owner, held = _Gap(user), _Gap(poser), _Gap(links, "SELECT unnest(%s::bigint[])")
    some: Any = key if kind.user_id else kind.user_id
    whose: Any = owner
    keys: Any = frozenset({held}) if kind.links else frozenset()
    return replace(
        kind,
        user_id=some,
        links=keys,
        pose=kind.pose and replace(kind.pose, owner_id=whose),
        real=kind.real and _standing_for(kind.real, real=True),
    )


def _values(viewer: Viewer, *, real: bool = False) -> dict[Any, Any]:
    """Return what fills the gaps."""
    user, links, poser = _GAPS[real]
    found: dict[Any, Any] = {user: viewer.user_id, links: sorted(viewer.links)}
    if viewer.pose:
        found[poser] = viewer.pose.owner_id
    if viewer.real:
        found |= _values(viewer.real, real=True)
    return found


@dataclass(frozen=True, eq=False)
class Text:
    """A condition as SQL with gaps: `pieces` around `columns` of the row, and parameters."""

    pieces: tuple[str, ...]
    columns: tuple[str, ...]
    parameters: tuple[Any, ...]


class Kept(Expression):
    """A condition whose SQL is known, on the rows of whatever alias it is used with."""

    conditional = True

    def __init__(self, text: Text, values: Mapping[Any, Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.text, self.values = text, values
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
        values = self.values
        parameters = tuple(
            values[one] if type(one) is Slot else one for one in self.text.parameters
        )
        return f"({''.join(sql)})", parameters


_kept: dict[tuple[Any, ...], Text | Q] = {}
rules.on_change(_kept.clear)


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return `decision.rows_for`: which rows this viewer may see."""
    return _condition(("rows", model), model, viewer, lambda one: decision.rows_for(model, one))


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return `decision.field_rows_for`: of visible rows, those whose field is seen too."""
    key = ("field", model, name)
    return _condition(key, model, viewer, lambda one: decision.field_rows_for(model, name, one))


def audience_rows_for(model: type[Model], audience: Audience, viewer: Viewer) -> Q:
    """Return `decision.audience_rows_for`: of visible rows, those that count the viewer in."""
    key = ("among", model, audience)
    return _condition(
        key, model, viewer, lambda one: decision.audience_rows_for(model, audience, one)
    )


def stands_open(model: type[Model], person: str, viewer: Viewer) -> Q:
    """Return `decision.stands_open` on rows of a model that name a person."""
    key = ("open", model, person)
    return _condition(key, model, viewer, lambda one: decision.stands_open(person, one))


def _condition(
    key: tuple[Any, ...], model: type[Model], viewer: Viewer, ask: Callable[[Viewer], Q]
) -> Q:
    kind = _kind(viewer)
    text = _kept.get((*key, kind))
    if text is None:
        text = _kept[(*key, kind)] = _write(model, ask, kind)
    return Q(Kept(text, _values(viewer))) if isinstance(text, Text) else text


def fill() -> None:
    """Work out what visitors, members and apps ask, before the first of them does."""
    member = Viewer(1)
    for viewer in (NOBODY, member, ANY_APP, replace(member, app=ANY_APP.app)):
        for model in rules.models_with_rules():
            rows_for(model, viewer)
            for audience in rules.offered(model):
                audience_rows_for(model, audience, viewer)


def _write(model: type[Model], ask: Callable[[Viewer], Q], kind: Viewer) -> Text | Q:
    who = _standing_for(kind)
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
