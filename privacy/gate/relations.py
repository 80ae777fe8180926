"""Relations: relations between people and rows, each readable in both directions.

A relation knows the rows a viewer has it to (`rows`, for lists and single objects) and the people
who have it to a row (`people`, for fan-out), from one declaration, so that the two can't drift
apart. All conditions are `Q` objects on columns and sub-queries, which compile to SQL as they
stand.

Relations are put together by `&` and `|` (`AllOf`, `AnyOf`). Read in either direction, what is
put together asks its parts in their order, and no more of them than it takes to know.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q
from django.db.models.functions import Now

from privacy.gate.audiences import Audience
from privacy.gate.probe import RareProbe, localised
from privacy.gate.viewer import Viewer

NO_ROWS = Q(pk__in=[])
ALL_ROWS = ~NO_ROWS


class Relation(ABC):
    """A relation between people and rows."""

    @abstractmethod
    def rows(self, viewer: Viewer) -> Q:
        """Return a condition on the model's rows: those this viewer is tied to."""

    @abstractmethod
    def people(self, obj: Model) -> Q:
        """Return a condition on users: those tied to this row."""

    def __and__(self, other: "Relation") -> "Relation":
        return AllOf((self, other))

    def __or__(self, other: "Relation") -> "Relation":
        return AnyOf((self, other))


def all_of(conditions: Iterable[Q]) -> Q:
    """Return what meets each condition; the first that nothing meets is the last asked for."""
    joined = Q()
    for condition in conditions:
        if condition == NO_ROWS:
            return NO_ROWS
        if condition != ALL_ROWS:
            joined &= condition
    return joined if joined else ALL_ROWS


def any_of(conditions: Iterable[Q]) -> Q:
    """Return what meets one of the conditions; the first that all meet is the last asked for."""
    joined = NO_ROWS
    for condition in conditions:
        if not condition or condition == ALL_ROWS:  # `Q()` has no condition
            return ALL_ROWS
        if condition != NO_ROWS:
            joined = condition if joined == NO_ROWS else joined | condition
    return joined


@dataclass(frozen=True)
class AllOf(Relation):
    """Whoever is tied in each of several ways; in none: anyone."""

    relations: tuple[Relation, ...]

    def rows(self, viewer: Viewer) -> Q:
        return all_of(relation.rows(viewer) for relation in self.relations)

    def people(self, obj: Model) -> Q:
        return all_of(relation.people(obj) for relation in self.relations)


@dataclass(frozen=True)
class AnyOf(Relation):
    """Whoever is tied in one of several ways; in none: nobody."""

    relations: tuple[Relation, ...]

    def rows(self, viewer: Viewer) -> Q:
        return any_of(relation.rows(viewer) for relation in self.relations)

    def people(self, obj: Model) -> Q:
        return any_of(relation.people(obj) for relation in self.relations)


class Anyone(Relation):
    def rows(self, viewer: Viewer) -> Q:
        return ALL_ROWS

    def people(self, obj: Model) -> Q:
        return ALL_ROWS


class AnyMember(Relation):
    def rows(self, viewer: Viewer) -> Q:
        return ALL_ROWS if viewer.is_member else NO_ROWS

    def people(self, obj: Model) -> Q:
        return ALL_ROWS


class Nobody(Relation):
    def rows(self, viewer: Viewer) -> Q:
        return NO_ROWS

    def people(self, obj: Model) -> Q:
        return NO_ROWS


@dataclass(frozen=True)
class Person(Relation):
    """The person a column of the row itself names, such as its owner."""

    path: str

    def rows(self, viewer: Viewer) -> Q:
        return Q(**{self.path: viewer.user_id}) if viewer.is_member else NO_ROWS

    def people(self, obj: Model) -> Q:
        return Q(pk=value_at(obj, self.path))


@dataclass(frozen=True)
class Related(Relation):
    """People named by rows of another table, such as those who took part.

    `model` is "app.Model"; `row` its column that names our row (by `row_key`); `person` its
    column that names the person; `where` narrows it. `since`: a moment of theirs, and one of our
    row's that isn't before it (who was there when it was said).
    """

    model: str
    row: str
    person: str
    where: Q = field(default_factory=Q)
    row_key: str = "pk"
    since: tuple[str, str] | None = None

    def rows(self, viewer: Viewer) -> Q:
        if not viewer.is_member:
            return NO_ROWS
        mine = {self.row: OuterRef(self.row_key), self.person: viewer.user_id}
        return Q(Exists(self.table().filter(self.where, **mine, **self._by_then())))

    def _by_then(self, obj: Model | None = None) -> dict[str, Any]:
        """Return the condition of `since`, of a row that is given or of the query's."""
        if self.since is None:
            return {}
        theirs, ours = self.since
        return {f"{theirs}__lte": OuterRef(ours) if obj is None else value_at(obj, ours)}

    def people(self, obj: Model) -> Q:
        key = value_at(obj, self.row_key)
        if key is None:  # without an owner, without a band
            return NO_ROWS
        theirs = {self.row: key, self.person: OuterRef("pk")}
        return Q(Exists(self.table().filter(self.where, **theirs, **self._by_then(obj))))

    def with_any(self, which: Q) -> Q:
        """Return a condition on our rows: those to which somebody is related who meets `which`."""
        named = {self.row: OuterRef(self.row_key), **self._by_then()}
        return Q(RareProbe(self.table().filter(self.where, which, **named)))

    def keys(self, obj: Model) -> list[int]:
        """Return the keys of everybody related to this row."""
        ours = {self.row: value_at(obj, self.row_key), **self._by_then(obj)}
        named = self.table().filter(self.where, **ours)
        return list(named.values_list(self.person, flat=True).distinct())

    def table(self) -> Any:
        return apps.get_model(self.model)._default_manager.order_by()


@dataclass(frozen=True)
class HoldsLink(Relation):
    """Whoever holds a share link of the row's owner that is in force.

    Fan-out doesn't know them: a link is held by browsers, not by accounts.
    """

    label: str
    owner: str

    def rows(self, viewer: Viewer) -> Q:
        if not viewer.links:
            return NO_ROWS
        links = apps.get_model("privacy", "ShareLink")._default_manager.order_by()
        in_force = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=Now()))
        named = links.filter(
            in_force,
            pk__in=list(viewer.links),
            item_model=self.label,
            item_id=OuterRef("public_id"),
            made_by=OuterRef(self.owner),
        )
        return Q(Exists(named))

    def people(self, obj: Model) -> Q:
        return NO_ROWS


@dataclass(frozen=True)
class If(Relation):
    """A relation that only holds for rows that meet a condition."""

    where: Q
    relation: Relation

    def rows(self, viewer: Viewer) -> Q:
        return all_of((self.where, self.relation.rows(viewer)))

    def people(self, obj: Model) -> Q:
        if self.where and not type(obj)._default_manager.filter(self.where, pk=obj.pk).exists():
            return NO_ROWS
        return self.relation.people(obj)


@dataclass(frozen=True)
class InAudience(Relation):
    """Whom an audience means, on rows whose `column` says that audience; on all without one.

    Somebody posed in this audience is in it for what is of the `owner` who poses them.
    """

    audience: Audience
    relation: Relation
    owner: str | None
    column: str | None = None

    def rows(self, viewer: Viewer) -> Q:
        chosen = Q(**{self.column: self.audience}) if self.column else Q()
        return all_of((chosen, self._tied(viewer)))

    def _tied(self, viewer: Viewer) -> Q:
        pose = viewer.pose
        if pose is None or pose.audience != self.audience or not self.owner:
            return self.relation.rows(viewer)
        where = self.relation.where if isinstance(self.relation, If) else Q()
        return where & Q(**{self.owner: pose.owner_id})

    def people(self, obj: Model) -> Q:
        if self.column and value_at(obj, self.column) != self.audience:
            return NO_ROWS
        return self.relation.people(obj)


@dataclass(frozen=True)
class ToParent(Relation):
    """A relation to the row that a column names: who has it to the recording, has it to its mix."""

    column: str
    parent: type[Model]
    relation: Relation

    def rows(self, viewer: Viewer) -> Q:
        parents = self.parent._default_manager.order_by()
        if self.parent not in viewer.trusts:
            parents = parents.filter(localised(self.parent, self.relation.rows(viewer)))
        return Q(**{f"{self.column}__in": parents.values("pk")})

    def people(self, obj: Model) -> Q:
        return self.relation.people(getattr(obj, self.column))


def value_at(obj: Model, path: str) -> Any:
    """Return the value that a lookup path such as "session__host" has for this object."""
    value: Any = obj
    for part in path.split("__"):
        value = getattr(value, part) if value is not None else None
    return value.pk if isinstance(value, Model) else value


def lookup(path: str, name: str) -> str:
    """Return the lookup of a person's column, where `path` names the person ("pk": the row)."""
    return name if path == "pk" else f"{path}__{name}"
