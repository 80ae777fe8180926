"""The gate's conditions as SQL, worked out once for each model and kind of viewer.

To put a rule together and have Django write its SQL takes 3 to 20 ms, longer than PostgreSQL needs
to answer. What it writes differs from viewer to viewer in a few keys: theirs, those of the links
they hold, of who borrows whose eyes. So the SQL is kept, and what is left to do for a query is to
fill in the keys and the names of the outer columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from django.db.models import BooleanField, Expression, F, Model, Q

from foundation.postgres.prepared import Choice
from privacy.gate import decision, rules
from privacy.gate.audiences import Audience
from privacy.gate.relations import ALL_ROWS, NO_ROWS
from privacy.gate.viewer import ANY_APP, NOBODY, Via, Viewer
from privacy.gate.written import Column, ViewerKey, written


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


def kind_of(viewer: Viewer) -> Viewer:
    """Return what many viewers have in common: the same, with 1 for whoever it is."""
    return replace(
        viewer,
        user_id=1 if viewer.user_id else viewer.user_id,
        via=Via.INDEX if viewer.via is Via.INDEX else Via.PAGE,  # only that makes a difference
        links=frozenset({1}) if viewer.links else frozenset(),
        app=viewer.app and "app",
        pose=viewer.pose and replace(viewer.pose, owner_id=1),
        real=viewer.real and kind_of(viewer.real),
    )


def _standing_for(kind: Viewer, *, real: bool = False) -> Viewer:
    """Return a viewer of a kind whose keys are gaps."""
    user, links, poser = _GAPS[real]
    key, owner = ViewerKey("%s", user), ViewerKey("%s", poser)
    held = ViewerKey("SELECT unnest(%s::bigint[])", links)
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


def values_of(viewer: Viewer, *, real: bool = False) -> dict[Any, Any]:
    """Return what fills the gaps."""
    user, links, poser = _GAPS[real]
    values: dict[Any, Any] = {user: viewer.user_id, links: sorted(viewer.links)}
    if viewer.pose:
        values[poser] = viewer.pose.owner_id
    if viewer.real:
        values |= values_of(viewer.real, real=True)
    return values


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
            values[parameter] if type(parameter) is Slot else parameter
            for parameter in self.text.parameters
        )
        return f"({''.join(sql)})", parameters


_kept: dict[tuple[Any, ...], Text | Q] = {}
rules.on_change(_kept.clear)


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return `decision.rows_for`: which rows this viewer may see."""
    return _condition(("rows", model), model, viewer, lambda kind: decision.rows_for(model, kind))


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return `decision.field_rows_for`: of visible rows, those whose field is seen too."""
    key = ("field", model, name)
    return _condition(key, model, viewer, lambda kind: decision.field_rows_for(model, name, kind))


def audience_rows_for(model: type[Model], audience: Audience, viewer: Viewer) -> Q:
    """Return `decision.audience_rows_for`: of visible rows, those that count the viewer in."""
    key = ("among", model, audience)
    return _condition(
        key, model, viewer, lambda kind: decision.audience_rows_for(model, audience, kind)
    )


def stands_open(model: type[Model], person: str, viewer: Viewer) -> Q:
    """Return `decision.stands_open` on rows of a model that name a person."""
    key = ("open", model, person)
    return _condition(key, model, viewer, lambda kind: decision.stands_open(person, kind))


def _condition(
    key: tuple[Any, ...], model: type[Model], viewer: Viewer, ask: Callable[[Viewer], Q]
) -> Q:
    kind = kind_of(viewer)
    text = _kept.get((*key, kind))
    if text is None:
        text = _kept[(*key, kind)] = _write(model, ask, kind)
    return Q(Kept(text, values_of(viewer))) if isinstance(text, Text) else text


def fill() -> None:
    """Work out what visitors, members and apps ask, before the first of them does."""
    member = Viewer(1)
    for viewer in (NOBODY, member, ANY_APP, replace(member, app=ANY_APP.app)):
        for model in rules.models_with_rules():
            rows_for(model, viewer)
            for audience in rules.offered(model):
                audience_rows_for(model, audience, viewer)


def _write(model: type[Model], ask: Callable[[Viewer], Q], kind: Viewer) -> Text | Q:
    condition = written(model, ask(_standing_for(kind)))
    if isinstance(condition, bool):
        return ALL_ROWS if condition else NO_ROWS
    first, *rest = condition.sql.split("%s")
    pieces, columns, parameters = [first], [], []
    for parameter, sql in zip(condition.parameters, rest, strict=True):
        if isinstance(parameter, Column):
            columns.append(parameter.attname)
            pieces.append(sql)
        else:
            # What a rule says is a part of the statement; only the viewer's key differs.
            constant = Choice(parameter) if isinstance(parameter, str) else parameter
            parameters.append(constant)
            pieces[-1] += f"%s{sql}"
    return Text(tuple(pieces), tuple(columns), tuple(parameters))
