"""Deny rules: what stands before a person's things whatever audience they chose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from privacy.gate.relations import ALL_ROWS, NO_ROWS, Related, Relation, all_of, value_at
from privacy.gate.viewer import Viewer

STATE = "state"  # leaving, suspended
RESTRICTED = "restricted"  # their owner asked us to keep their data and not to use it
BLOCKS = "blocks"
CHILDREN = "children"  # stands before every audience, and before `also`
APPS = "apps"  # stands before everything, one's own and one's own sound included
INDEX = "index"
ORDER = (STATE, RESTRICTED, BLOCKS, CHILDREN, APPS, INDEX)  # in which they are asked


@dataclass(frozen=True)
class DenyRule:
    """One condition on people, in both directions.

    - `rows(path, viewer)`: on rows, by the path to the person, whom this viewer may get at.
    - `people(key)`: on users, who may get at the person with this key.
    - `before_overseers`: it stops those too who answer for the person.
    """

    name: str
    rows: Callable[[str, Viewer], Q]
    people: Callable[[Any], Q]
    before_overseers: bool = False


@dataclass(frozen=True)
class PastOwner(Relation):
    """Whom a deny rule lets get at the person whom a path names: the owner of a thing."""

    deny_rule: DenyRule
    path: str

    def rows(self, viewer: Viewer) -> Q:
        return self.deny_rule.rows(self.path, viewer)

    def people(self, obj: Model) -> Q:
        owner = value_at(obj, self.path)
        if owner is not None:
            return self.deny_rule.people(owner)
        return ALL_ROWS if self.deny_rule.name == CHILDREN else NO_ROWS  # nobody's is no child's


@dataclass(frozen=True)
class PastOthers(Relation):
    """Whom a deny rule lets get at each of the other people whose thing it is."""

    deny_rule: DenyRule
    others: Related

    def rows(self, viewer: Viewer) -> Q:
        clear = self.deny_rule.rows(self.others.person, viewer)
        return ~self.others.with_any(~clear) if clear else ALL_ROWS

    def people(self, obj: Model) -> Q:
        return all_of(self.deny_rule.people(key) for key in self.others.keys(obj))


@dataclass(frozen=True)
class AppsNeed(Relation):
    """What third-party apps need besides; nobody needs it who looks for themselves."""

    relation: Relation

    def rows(self, viewer: Viewer) -> Q:
        return ALL_ROWS if viewer.app is None else self.relation.rows(viewer)

    def people(self, obj: Model) -> Q:
        return ALL_ROWS
