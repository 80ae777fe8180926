"""What guardians, teachers and classmates mean to the gate: a child meets its circle alone."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from accounts.identity.models import User
from privacy.gate.deny_rules import CHILDREN, DenyRule
from privacy.gate.relations import ALL_ROWS, NO_ROWS, Person, Related, Relation, lookup
from privacy.gate.viewer import Viewer
from schools.models import Partner, PartnerStaff


def guardians_of(path: str) -> Related:
    """Return the adults who answer for the child at a path, as long as it is one."""
    in_force = Q(ended=None, child__age_group=User.AgeGroup.CHILD)
    return Related("schools.Guardianship", "child", "guardian", in_force, path)


def in_class_with(path: str) -> Related:
    """Return those who have a seat in the class of the child at a path: teachers, children."""
    now = Q(
        ended=None,
        school_class__closed_at=None,
        school_class__partner__state=Partner.State.ACTIVE,
        school_class__seats__ended=None,
    )
    return Related("schools.ClassSeat", "user", "school_class__seats__user", now, path)


def coordinators_of(path: str) -> Related:
    """Return those who answer, at the partner, for all classes: of the child at a path."""
    now = Q(
        partner__state=Partner.State.ACTIVE,
        partner__staff__role=PartnerStaff.Role.COORDINATOR,
        partner__staff__ended=None,
    )
    return Related("schools.Enrolment", "child", "partner__staff__user", now, path)


# Who may get at anything of a child's, and nobody else, whatever a thing's audience is.
_CIRCLE: tuple[Callable[[str], Relation], ...] = (
    Person,
    guardians_of,
    in_class_with,
    coordinators_of,
)


def in_circle(path: str, viewer: Viewer) -> Q:
    """Return the condition that the person at a path is no child, or one whom the viewer may meet.

    No third-party app meets a child, in whoever's name it looks.
    """
    met = ~Q(**{lookup(path, "age_group"): User.AgeGroup.CHILD})
    if viewer.app is not None:
        return met
    for relation in _CIRCLE:
        tied = relation(path).rows(viewer)
        if tied != NO_ROWS:
            met |= tied
    return met


def circle_of(key: Any) -> Q:
    """Return the condition on users: those who may meet the person with this key."""
    if not User.objects.filter(pk=key, age_group=User.AgeGroup.CHILD).exists():
        return ALL_ROWS
    child, circle = User(pk=key), NO_ROWS
    for relation in _CIRCLE:
        circle |= relation("pk").people(child)
    return circle


DENY_RULES = (DenyRule(CHILDREN, in_circle, circle_of),)
