"""What follows, blocks, guardians and switches mean to the gate.

Registered from the `declarations` beside it. All are conditions on columns and sub-queries.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, Q, QuerySet

from accounts.connections.models import Block, Follow
from accounts.identity.models import User
from privacy.gate.deny_rules import APPS, BLOCKS, INDEX, RESTRICTED, STATE, DenyRule
from privacy.gate.relations import ALL_ROWS, NO_ROWS, Related, Relation, lookup
from privacy.gate.viewer import Via, Viewer

ACCEPTED = Q(state=Follow.State.ACCEPTED)


def followers_of(path: str) -> Related:
    """Return those whose follow the person at a path accepted."""
    return Related("accounts.Follow", "followee", "follower", ACCEPTED, path)


def jammed_with(path: str) -> Related:
    """Return those who have really played with the person at a path."""
    return Related("accounts.JammedWith", "person", "partner", row_key=path)


class Seeker(Relation):
    """Whoever may look for people they don't know: visitors, teenagers and grown-ups."""

    def rows(self, viewer: Viewer) -> Q:
        if viewer.user_id is None:
            return ALL_ROWS
        child = User.objects.filter(pk=viewer.user_id, age_group=User.AgeGroup.CHILD)
        return Q(~Exists(child))

    def people(self, obj: Model) -> Q:
        return ~Q(age_group=User.AgeGroup.CHILD)


class Peer(Relation):
    """Teenagers."""

    def rows(self, viewer: Viewer) -> Q:
        if viewer.user_id is None:
            return NO_ROWS
        teen = User.objects.filter(pk=viewer.user_id, age_group=User.AgeGroup.TEEN)
        return Q(Exists(teen))

    def people(self, obj: Model) -> Q:
        return Q(age_group=User.AgeGroup.TEEN)


def blocked_with(viewer: Viewer) -> QuerySet[Any, Any]:
    """Return the keys of everybody whom the viewer blocked, or who blocked them.

    One set without a reference to the outer row: PostgreSQL reads it once for a whole list.
    """
    mine = Block.objects.filter(blocker=viewer.user_id).order_by().values("blocked")
    theirs = Block.objects.filter(blocked=viewer.user_id).order_by().values("blocker")
    return mine.union(theirs, all=True)


def _present(path: str, viewer: Viewer) -> Q:
    return User.present("" if path == "pk" else f"{path}__")


def _unrestricted(path: str, viewer: Viewer) -> Q:
    return Q(**{lookup(path, "restricted"): False})


def _everybody_if(condition: Q) -> Callable[[Any], Q]:
    """Return a deny rule's inverse that depends on the owner alone: everybody, or nobody."""

    def people(key: Any) -> Q:
        return ALL_ROWS if User.objects.filter(condition, pk=key).exists() else NO_ROWS

    return people


def _not_blocked(path: str, viewer: Viewer) -> Q:
    if not viewer.is_member:
        return Q()
    return ~Q(**{f"{path}__in": blocked_with(viewer)})


def _not_blocked_people(key: Any) -> Q:
    return ~Q(pk__in=blocked_with(Viewer(key)))


def _open_to_apps(path: str, viewer: Viewer) -> Q:
    if viewer.app is None:
        return Q()
    child = Q(**{lookup(path, "age_group"): User.AgeGroup.CHILD})
    return Q(**{lookup(path, "api_access"): True}) & ~child


def _indexed(path: str, viewer: Viewer) -> Q:
    return Q(**{lookup(path, "indexed"): True}) if viewer.via is Via.INDEX else Q()


def _all_people(key: Any) -> Q:
    """The inverse of deny rules that stand before surfaces, not before people."""
    return ALL_ROWS


DENY_RULES = (
    DenyRule(STATE, _present, _everybody_if(User.present()), before_overseers=True),
    DenyRule(RESTRICTED, _unrestricted, _everybody_if(Q(restricted=False))),
    DenyRule(BLOCKS, _not_blocked, _not_blocked_people),
    DenyRule(APPS, _open_to_apps, _all_people),
    DenyRule(INDEX, _indexed, _all_people),
)
