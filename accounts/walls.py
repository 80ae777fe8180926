"""What follows, blocks, guardians and switches mean to the gate.

Registered from `accounts/privacy/`. Everything is a condition on columns and sub-queries.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, Q, QuerySet

from accounts.models import Block, Follow, Partner, PartnerStaff, User
from privacy.relations import ALL_ROWS, NO_ROWS, Person, Related, Tie, lookup
from privacy.viewer import Via, Viewer
from privacy.walls import APPS, BLOCKS, CHILDREN, INDEX, RESTRICTED, STATE, Wall

ACCEPTED = Q(state=Follow.State.ACCEPTED)


def followers_of(path: str) -> Related:
    """Return those whose follow the person at a path accepted."""
    return Related("accounts.Follow", "followee", "follower", ACCEPTED, path)


def jammed_with(path: str) -> Related:
    """Return those who have really played with the person at a path."""
    return Related("accounts.JammedWith", "person", "partner", row_key=path)


def guardians_of(path: str) -> Related:
    """Return the adults who answer for the child at a path, as long as it is one."""
    in_force = Q(ended=None, child__age_group=User.AgeGroup.CHILD)
    return Related("accounts.Guardianship", "child", "guardian", in_force, path)


class Seeker(Tie):
    """Whoever may look for people they don't know: visitors, teenagers and grown-ups."""

    def rows(self, viewer: Viewer) -> Q:
        if viewer.user_id is None:
            return ALL_ROWS
        child = User.objects.filter(pk=viewer.user_id, age_group=User.AgeGroup.CHILD)
        return Q(~Exists(child))

    def people(self, obj: Model) -> Q:
        return ~Q(age_group=User.AgeGroup.CHILD)


class Peer(Tie):
    """Teenagers."""

    def rows(self, viewer: Viewer) -> Q:
        if viewer.user_id is None:
            return NO_ROWS
        teen = User.objects.filter(pk=viewer.user_id, age_group=User.AgeGroup.TEEN)
        return Q(Exists(teen))

    def people(self, obj: Model) -> Q:
        return Q(age_group=User.AgeGroup.TEEN)


def in_class_with(path: str) -> Related:
    """Return those who have a seat in the class of the child at a path: teachers, children."""
    now = Q(
        ended=None,
        school_class__closed_at=None,
        school_class__partner__state=Partner.State.ACTIVE,
        school_class__seats__ended=None,
    )
    return Related("accounts.ClassSeat", "user", "school_class__seats__user", now, path)


def coordinators_of(path: str) -> Related:
    """Return those who answer, at the partner, for all classes: of the child at a path."""
    now = Q(
        partner__state=Partner.State.ACTIVE,
        partner__staff__role=PartnerStaff.Role.COORDINATOR,
        partner__staff__ended=None,
    )
    return Related("accounts.Enrolment", "child", "partner__staff__user", now, path)


# Who may get at anything of a child's, and nobody else, whatever a thing's audience is.
_CIRCLE: tuple[Callable[[str], Tie], ...] = (Person, guardians_of, in_class_with, coordinators_of)


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
    """Return a wall's inverse that depends on the owner alone: everybody, or nobody."""

    def people(key: Any) -> Q:
        return ALL_ROWS if User.objects.filter(condition, pk=key).exists() else NO_ROWS

    return people


def _not_blocked(path: str, viewer: Viewer) -> Q:
    if not viewer.is_member:
        return Q()
    return ~Q(**{f"{path}__in": blocked_with(viewer)})


def _not_blocked_people(key: Any) -> Q:
    return ~Q(pk__in=blocked_with(Viewer(key)))


def in_circle(path: str, viewer: Viewer) -> Q:
    """Return the condition that the person at a path is no child, or one whom the viewer may meet.

    No third-party app meets a child, in whoever's name it looks.
    """
    met = ~Q(**{lookup(path, "age_group"): User.AgeGroup.CHILD})
    if viewer.app is not None:
        return met
    for tie in _CIRCLE:
        tied = tie(path).rows(viewer)
        if tied != NO_ROWS:
            met |= tied
    return met


def circle_of(key: Any) -> Q:
    """Return the condition on users: those who may meet the person with this key."""
    if not User.objects.filter(pk=key, age_group=User.AgeGroup.CHILD).exists():
        return ALL_ROWS
    child, circle = User(pk=key), NO_ROWS
    for tie in _CIRCLE:
        circle |= tie("pk").people(child)
    return circle


def _open_to_apps(path: str, viewer: Viewer) -> Q:
    if viewer.app is None:
        return Q()
    child = Q(**{lookup(path, "age_group"): User.AgeGroup.CHILD})
    return Q(**{lookup(path, "api_access"): True}) & ~child


def _indexed(path: str, viewer: Viewer) -> Q:
    return Q(**{lookup(path, "indexed"): True}) if viewer.via is Via.INDEX else Q()


def _all_people(key: Any) -> Q:
    """The inverse of walls that stand before surfaces, not before people."""
    return ALL_ROWS


WALLS = (
    Wall(STATE, _present, _everybody_if(User.present()), before_overseers=True),
    Wall(RESTRICTED, _unrestricted, _everybody_if(Q(restricted=False))),
    Wall(BLOCKS, _not_blocked, _not_blocked_people),
    Wall(CHILDREN, in_circle, circle_of),
    Wall(APPS, _open_to_apps, _all_people),
    Wall(INDEX, _indexed, _all_people),
)
