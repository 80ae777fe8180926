"""The demo's school: a class, its children, and the adults who answer for them."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from jamsite.demo.people import Person
from schools.models import Enrolment, Partner, SchoolClass
from schools.services import children, guardians, partners

SCHOOL, SLUG = "Brook Lane School", "brook-lane-school"
CLASS, TERM = "5b, strings", "2026/27"
COORDINATOR, TEACHER, GUARDIAN = "mara-brook", "tomas-bowing", "grete-linden"
ADULTS = [
    Person(
        COORDINATOR, "coordinates the school", "Concert in the hall, first Friday.",
        "I look after music at Brook Lane.", "members", "members", "members",
        (196, 214, 190), (70, 110, 92), (30, 60, 48), roles=("teacher",), findable=False,
    ),
    Person(
        TEACHER, "teaches the class", "", "Violin and viola. Scales before biscuits.",
        "members", "members", "members", (240, 206, 160), (160, 92, 60), (84, 40, 22),
        instruments=(("violin", 4), ("viola", 4)), roles=("teacher", "musician"), findable=False,
    ),
    Person(
        GUARDIAN, "parent of little-finch", "", "", "members", "members", "members",
        (214, 200, 226), (104, 84, 132), (52, 40, 74), roles=("parent",), findable=False,
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A child's place in the class; without a username no account is made yet."""

    mark: str
    username: str
    parent: str
    profile: bool = False  # the parent agreed to a picture and words, too


PLACES = [
    Place("5b-01", "little-finch", "grete@demo.example", profile=True),
    Place("5b-02", "river-otter", "parent-of-otter@demo.example"),
    Place("5b-03", "", "parent-of-hare@demo.example"),
]


def load(people: dict[str, User], staff: User, password: str) -> None:
    """Bring the school about; `password` is the hash that everybody of the demo has."""
    partner = Partner.objects.filter(slug=SLUG).first() or _partner(staff)
    partners.employ(partner, people[COORDINATOR], "coordinator")
    partners.employ(partner, people[TEACHER], "teacher")
    school_class = SchoolClass.objects.filter(partner=partner, name=CLASS).first()
    if school_class is None:
        school_class = partners.open_class(partner, name=CLASS, term=TERM, teacher=people[TEACHER])
    for place in PLACES:
        if not Enrolment.objects.filter(partner=partner, reference=place.mark).exists():
            _child(school_class, people, place, password)


def _partner(staff: User) -> Partner:
    made = partners.open_partner(name=SCHOOL, kind="school", country="GB")
    partners.verify(made, staff, "Part of the demo world: there is no such school.")
    return partners.start(made)


def _child(school_class: SchoolClass, people: dict[str, User], place: Place, password: str) -> None:
    """A parent agrees, then the account is made; the guardian has connected hers."""
    row = children.record_consent(
        school_class,
        people[TEACHER],
        reference=place.mark,
        guardian_email=place.parent,
        method="form",
        evidence="folder 2026/7, sheet 14",
        given_on=timezone.localdate(),
        profile=place.profile,
    )
    if not place.username:
        return
    child, _card = children.create_account(row, place.username)
    child.password = password
    child.save(update_fields=["password"])
    if place.parent == people[GUARDIAN].email:
        guardians.connect(row, people[GUARDIAN])


def sign_ins() -> list[tuple[str, str, str]]:
    """Return username, address and who it is, of everybody at the school."""
    adults = [(adult.username, adult.email, adult.plays) for adult in ADULTS]
    made = [place for place in PLACES if place.username]
    return [*adults, *((place.username, "(by username)", "child in the class") for place in made)]
