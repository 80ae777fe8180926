"""A school with two classes, and people around it: what tests of children are about.

`ada` and `ben` are in one class with `tilda`, their teacher; `cleo` is in another class, which
`omar` teaches; `karl` coordinates the school; `grete` is Ada's guardian. At another school there
are `emil`, `tove`, his teacher, and `olga`, who coordinates it.
"""

from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import User
from schools.models import Enrolment, Partner, SchoolClass
from schools.services import children, guardianship, partners
from tests.cast import mark, person

EVIDENCE = "folder 7, sheet 1"


def school(name: str = "mark-school-brook", state: str = "active") -> Partner:
    """Create a partner in a state, verified by nobody in particular."""
    made = partners.open_partner(name=name, kind="school", country="de")
    verified_at = None if state == "draft" else timezone.now()
    Partner.objects.filter(pk=made.pk).update(state=state, verified_at=verified_at)
    made.refresh_from_db()
    return made


def teacher(name: str, partner: Partner, role: str = "teacher") -> User:
    made = person(name)
    partners.employ(partner, made, role)
    return made


def consented(school_class: SchoolClass, by: User, name: str, **more: Any) -> Enrolment:
    """Record a parent's consent for a child who has no account yet."""
    return children.record_consent(
        school_class,
        by,
        **{
            "reference": f"mark-reference-{name}",
            "guardian_email": f"parent-of-{name}@mail.example",
            "method": "form",
            "evidence": f"mark-evidence-{name}",
            "given_on": timezone.localdate(),
            **more,
        },
    )


def child(school_class: SchoolClass, by: User, name: str, **more: Any) -> User:
    """Create a child's account, as a school does, with a mark in every field of theirs."""
    made, _password = children.create_account(consented(school_class, by, name, **more), name)
    mark(made)
    return made


def consent_for(user: User, school_class: SchoolClass | None = None) -> Enrolment:
    """Make somebody of another story a child, with a parent's consent, in a class of a school."""
    if school_class is None:
        partner = school(f"mark-school-of-{user.username}")
        school_class = SchoolClass.objects.create(partner=partner, name="1a")
    enrolment = consented(school_class, user, user.username)
    User.objects.filter(pk=user.pk).update(age_group="child")
    enrolment.child = user
    enrolment.save(update_fields=["child"])
    children.seat(enrolment)
    user.refresh_from_db()
    return enrolment


# role in the cast → whose name it is here
ROLES = {
    "child": "ada",
    "classmate": "ben",
    "guardian": "grete",
    "teacher": "tilda",
    "coordinator": "karl",
    "other-child": "cleo",
    "other-teacher": "omar",
    "far-child": "emil",
    "far-teacher": "tove",
    "far-coordinator": "olga",
}


class School:
    """The school, whole; the other one is made when somebody asks for it."""

    def __init__(self) -> None:
        self.partner = school()
        self.karl = teacher("karl", self.partner, "coordinator")
        self.tilda = teacher("tilda", self.partner)
        self.omar = teacher("omar", self.partner)
        self.first = partners.open_class(self.partner, name="5b", teacher=self.tilda)
        self.second = partners.open_class(self.partner, name="6a", teacher=self.omar)
        self.ada = child(self.first, self.tilda, "ada")
        self.ben = child(self.first, self.tilda, "ben")
        self.cleo = child(self.second, self.omar, "cleo")
        self.grete = person("grete")
        self.tie = guardianship.answer_for(self.grete, self.ada)

    def __getitem__(self, role: str) -> User:
        found = getattr(self, ROLES[role])
        assert isinstance(found, User)
        return found

    @cached_property
    def far(self) -> Partner:
        return school("mark-school-hill")

    @cached_property
    def olga(self) -> User:
        return teacher("olga", self.far, "coordinator")

    @cached_property
    def tove(self) -> User:
        return teacher("tove", self.far)

    @cached_property
    def third(self) -> SchoolClass:
        return partners.open_class(self.far, name="5b", teacher=self.tove)

    @cached_property
    def emil(self) -> User:
        return child(self.third, self.tove, "emil")

    @property
    def ada_enrolment(self) -> Enrolment:
        return Enrolment.objects.get(child=self.ada)
