"""Visibility rules: declared once per model, read in both directions.

A rule is made of ties. A tie knows the rows a viewer is tied to (`rows`, for lists and single
objects) and the people tied to a row (`people`, for fan-out), from one declaration, so that the
two can't drift apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Exists, Model, OuterRef, Q

from privacy.audiences import Audience
from privacy.viewer import Viewer

NO_ROWS = Q(pk__in=[])
ALL_ROWS = ~NO_ROWS


class Tie(ABC):
    """A relation between people and rows."""

    @abstractmethod
    def rows(self, viewer: Viewer) -> Q:
        """Return a condition on the model's rows: those this viewer is tied to."""

    @abstractmethod
    def people(self, obj: Model) -> Q:
        """Return a condition on users: those tied to this row."""


class Anyone(Tie):
    def rows(self, viewer: Viewer) -> Q:
        return ALL_ROWS

    def people(self, obj: Model) -> Q:
        return ALL_ROWS


class AnyMember(Tie):
    def rows(self, viewer: Viewer) -> Q:
        return ALL_ROWS if viewer.is_member else NO_ROWS

    def people(self, obj: Model) -> Q:
        return ALL_ROWS


class Nobody(Tie):
    def rows(self, viewer: Viewer) -> Q:
        return NO_ROWS

    def people(self, obj: Model) -> Q:
        return NO_ROWS


@dataclass(frozen=True)
class Person(Tie):
    """The person a column of the row itself names, such as its owner."""

    path: str

    def rows(self, viewer: Viewer) -> Q:
        return Q(**{self.path: viewer.user_id}) if viewer.is_member else NO_ROWS

    def people(self, obj: Model) -> Q:
        return Q(pk=value_at(obj, self.path))


@dataclass(frozen=True)
class Related(Tie):
    """People named by rows of another table, such as those who took part.

    `model` is "app.Model"; `row` its column that names our row (by `row_key`); `person` its
    column that names the person; `where` narrows it.
    """

    model: str
    row: str
    person: str
    where: Q = field(default_factory=Q)
    row_key: str = "pk"

    def rows(self, viewer: Viewer) -> Q:
        if not viewer.is_member:
            return NO_ROWS
        mine = {self.row: OuterRef(self.row_key), self.person: viewer.user_id}
        return Q(Exists(self._table().filter(self.where, **mine)))

    def people(self, obj: Model) -> Q:
        theirs = {self.row: value_at(obj, self.row_key), self.person: OuterRef("pk")}
        return Q(Exists(self._table().filter(self.where, **theirs)))

    def _table(self) -> Any:
        return apps.get_model(self.model)._default_manager.order_by()


@dataclass(frozen=True)
class If(Tie):
    """A tie that only holds for rows that meet a condition."""

    where: Q
    tie: Tie

    def rows(self, viewer: Viewer) -> Q:
        tied = self.tie.rows(viewer)
        return tied if tied == NO_ROWS else self.where & tied

    def people(self, obj: Model) -> Q:
        holds = type(obj)._default_manager.filter(self.where, pk=obj.pk).exists()
        return self.tie.people(obj) if holds else NO_ROWS


@dataclass(frozen=True)
class Wall:
    """A condition that stands above audiences: on the owner's column, for every rule with one."""

    rows: Callable[[str, Viewer], Q]
    people: Callable[[Any], Q]


@dataclass(frozen=True)
class Rule:
    """Who may see the rows of one model.

    - `owner`: column of the person whose item it is; they always see it.
    - `audience`: column with the audience; `ties` says whom each audience means.
    - `also`: ties that see the row whatever its audience and whatever the owner's state
      (people whose own sound is in it).
    - `only`: rows that can be seen at all.
    - `through`: column of a parent row; who can't see the parent can't see the child.
    - `fields`: columns with an audience of their own, and the column that holds it.
    """

    owner: str | None = None
    audience: str | None = None
    ties: Mapping[Audience, Tie] = field(default_factory=dict)
    also: tuple[Tie, ...] = ()
    only: Q = field(default_factory=Q)
    through: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


STANDARD_TIES: dict[Audience, Tie] = {
    Audience.PUBLIC: Anyone(),
    Audience.MEMBERS: AnyMember(),
    Audience.ME: Nobody(),  # the owner sees it anyway
}
_rules: dict[type[Model], Rule] = {}
_walls: list[Wall] = []


def see(model: type[Model], rule: Rule) -> None:
    """Declare the rule of a model; called from `<app>/privacy.py`."""
    if model in _rules:
        raise ValueError(f"{model.__name__} has a visibility rule already")
    _rules[model] = rule


def wall(rows: Callable[[str, Viewer], Q], people: Callable[[Any], Q]) -> None:
    """Declare a condition on owners that no audience overrides (blocked, leaving, suspended)."""
    _walls.append(Wall(rows, people))


def rule_of(model: type[Model]) -> Rule:
    try:
        return _rules[model]
    except KeyError:
        raise LookupError(
            f"{model.__name__} has no visibility rule: declare one in its app's privacy.py"
        ) from None


def models_with_rules() -> list[type[Model]]:
    return list(_rules)


def rows_for(model: type[Model], viewer: Viewer) -> Q:
    """Return the condition on `model`'s rows that this viewer may see."""
    return _rows(model, rule_of(model), viewer)


def field_rows_for(model: type[Model], name: str, viewer: Viewer) -> Q:
    """Return the condition, on rows that are visible at all, whose field `name` is seen too."""
    rule = rule_of(model)
    return _rows(model, replace(rule, audience=rule.fields[name], also=(), through=None), viewer)


def _rows(model: type[Model], rule: Rule, viewer: Viewer) -> Q:
    seen = Q(pk__in=[])
    for tie in rule.also:
        seen |= tie.rows(viewer)
    if rule.owner:
        seen |= Person(rule.owner).rows(viewer)
    if rule.audience:
        by_audience = NO_ROWS
        for audience, tie in _ties(rule).items():
            tied = tie.rows(viewer)
            if tied != NO_ROWS:
                by_audience |= Q(**{rule.audience: audience}) & tied
        if rule.owner:
            for each in _walls:
                by_audience &= each.rows(rule.owner, viewer)
        seen |= by_audience
    elif rule.through and not rule.owner and not rule.also:
        seen = Q()
    condition = rule.only & seen
    if rule.through:
        parent = model._meta.get_field(rule.through).related_model
        if not isinstance(parent, type):
            raise TypeError(f"{model.__name__}.{rule.through} is no relation")
        parents = parent._default_manager.filter(rows_for(parent, viewer)).order_by()
        condition &= Q(**{f"{rule.through}__in": parents.values("pk")})
    return condition


def people_for(obj: Model) -> Q:
    """Return the condition on users who may see this row: the inverse of `rows_for`."""
    model = type(obj)
    rule = rule_of(model)
    if rule.only and not model._default_manager.filter(rule.only, pk=obj.pk).exists():
        return NO_ROWS
    seen = Q(pk__in=[])
    for tie in rule.also:
        seen |= tie.people(obj)
    if rule.owner:
        seen |= Person(rule.owner).people(obj)
    if rule.audience:
        tie_now = _ties(rule).get(Audience(value_at(obj, rule.audience)), Nobody())
        by_audience = tie_now.people(obj)
        if rule.owner:
            for each in _walls:
                by_audience &= each.people(value_at(obj, rule.owner))
        seen |= by_audience
    elif rule.through and not rule.owner and not rule.also:
        seen = Q()
    if rule.through:
        seen &= people_for(getattr(obj, rule.through))
    return seen


def value_at(obj: Model, path: str) -> Any:
    """Return the value that a lookup path such as "session__host" has for this object."""
    value: Any = obj
    for part in path.split("__"):
        value = getattr(value, part) if value is not None else None
    return value.pk if isinstance(value, Model) else value


def _ties(rule: Rule) -> dict[Audience, Tie]:
    return {**STANDARD_TIES, **rule.ties}


def people() -> Any:
    """Return everybody who can look at all: accounts that are neither leaving nor suspended."""
    model = get_user_model()
    return model._default_manager.filter(model.present())
