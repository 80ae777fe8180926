"""Whom somebody doesn't want to hear of. No deny rule: a deny rule hides, this only passes over.

Lists of what is new, search and notices leave out what a muted person brought about. Pages that
are opened by name show it, and what the muted one sees is the same as before: nothing here is
asked on their behalf. Only the one who muted is ever asked about.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from privacy.gate import rules
from privacy.gate.viewer import Viewer

M = TypeVar("M", bound=Model)
Muted = Callable[[int], QuerySet[Any, Any]]  # a person's key → the keys of those they muted

_muted: list[Muted] = []


def muted_by(which: Muted) -> None:
    """Say how the people are found whom somebody muted; called from `accounts/privacy/`."""
    _muted.append(which)


def unmuted(path: str, viewer: Viewer) -> Q:
    """Return the condition that the person at a path isn't muted by who looks."""
    condition, who = Q(), viewer.real or viewer
    if who.user_id is not None:
        for muted_of in _muted:
            condition &= ~Q(**{f"{path}__in": muted_of(who.user_id)})
    return condition


def heard(rows: QuerySet[M], viewer: Viewer, *people: str) -> QuerySet[M]:
    """Return the rows without those of people, at these paths, whom the viewer muted."""
    for path in people:
        rows = rows.filter(unmuted(path, viewer))
    return rows


def heard_owners(rows: QuerySet[M], viewer: Viewer) -> QuerySet[M]:
    """Return the rows of any model with a rule, without those whose owner the viewer muted."""
    owner = rules.rule_of(rows.model).owner
    return heard(rows, viewer, owner) if owner else rows
