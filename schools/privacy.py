"""A child's place with a partner, and a parent's consent."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.connections import services as connections
from accounts.security import guarding
from accounts.settings import leaving_page
from privacy import datamap as dm
from privacy import erasure, notices
from privacy.gate import rules
from privacy.gate.audiences import Audience
from privacy.gate.rules import Anyone, Person, Related, Rule
from privacy.portability import export
from schools.deny_rules import DENY_RULES, guardians_of
from schools.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    Guardianship,
    ParentalConsent,
    Partner,
    PartnerStaff,
    SchoolClass,
)
from schools.services import children, guardianship

COORDINATES = Q(role=PartnerStaff.Role.COORDINATOR, ended=None)


def coordinators(path: str) -> Related:
    """Return those who answer for all classes of the partner at a path."""
    return Related("schools.PartnerStaff", "partner", "user", COORDINATES, path)


def seated(path: str) -> Related:
    """Return those who have a seat, now, in the class at a path."""
    return Related("schools.ClassSeat", "school_class", "user", Q(ended=None), path)


# Where somebody works is between them and those who answer for the partner; who is in a class is
# seen by those in it.
rules.see(
    Partner,
    Rule(within={Audience.PUBLIC: Anyone()}, only=Q(state=Partner.State.ACTIVE)),
)
rules.see(PartnerStaff, Rule(owner="user", also=(coordinators("partner_id"),)))
rules.see(SchoolClass, Rule(also=(seated("pk"), coordinators("partner_id"))))
rules.see(
    ClassSeat,
    Rule(
        owner="user",
        only=Q(ended=None),
        within={Audience.PARTICIPANTS: seated("school_class_id")},
        also=(
            Related(
                "schools.PartnerStaff", "partner__classes", "user", COORDINATES, "school_class_id"
            ),
        ),
    ),
)

dm.purpose(
    "children",
    _("to keep a parent's consent for a child, and who answers for the child"),
    dm.Basis.LEGAL,
    name=_("Children"),
)
dm.declare(
    Partner,
    label=_("Partners that you verified for us"),
    subjects=["verified_by"],
    purposes=["children"],
    basis=dm.Basis.LEGAL,
    retention=dm.For(timedelta(days=1095), since="ended_at", after=_("the partner ended")),
    erase=dm.Erase.BLANK,
    fields={
        "id": dm.technical(),
        "public_id": dm.technical("of a school or programme"),
        "name": dm.technical("of a school or programme"),
        "slug": dm.technical("of a school or programme"),
        "kind": dm.technical(),
        "country": dm.technical("of a school or programme"),
        "website": dm.technical("of a school or programme"),
        "state": dm.technical(),
        "evidence": dm.technical("how a school or programme was verified"),
        "verified_by": dm.Datum(
            "user.unique_id", dm.Erase.NULL, export=False, seen_by="staff", note="who of the staff"
        ),
        "verified_at": dm.technical(),
        "created_at": dm.technical(),
        "ended_at": dm.technical(),
    },
)
dm.declare(
    PartnerStaff,
    label=_("Schools you work for"),
    subjects=["user"],
    purposes=["children"],
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(timedelta(days=365), since="ended", after=_("the work there ended")),
    ],
    fields={
        "id": dm.technical(),
        "partner": dm.link(),
        "user": dm.link(export=False),
        "role": dm.Datum("user.account", seen_by="participants"),
        "since": dm.moment(),
        "ended": dm.moment(),
    },
)
dm.not_personal(SchoolClass, "Classes of schools", "a name such as 5b, and a term; names nobody")
dm.declare(
    ClassSeat,
    label=_("Classes you are in"),
    subjects=["user"],
    purposes=["children"],
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(timedelta(days=365), since="ended", after=_("you left the class")),
    ],
    fields={
        "id": dm.technical(),
        "school_class": dm.link(),
        "user": dm.link(export=False),
        "part": dm.Datum("user.account", seen_by="participants"),
        "since": dm.moment(),
        "ended": dm.moment(),
    },
)

TEACHES = Q(part=ClassSeat.Part.TEACHER, ended=None)

rules.see(
    Enrolment,
    Rule(
        owner="child",
        also=(
            guardians_of("child_id"),
            coordinators("partner_id"),
            Related("schools.ClassSeat", "school_class", "user", TEACHES, "school_class_id"),
        ),
    ),
)
rules.see(ParentalConsent, Rule(through="enrolment"))
rules.see(ConsentWithdrawal, Rule(through="consent"))
notices.reach_with(children.reach)

dm.declare(
    Enrolment,
    label=_("Your place with a school"),
    subjects=["child"],
    purposes=["children"],
    basis=dm.Basis.CONSENT,
    retention=[
        dm.Until(dm.Event.ACCOUNT),
        dm.For(
            timedelta(days=90),
            since="created_at",
            where=Q(child__isnull=True),
            after=_("it was entered, if no account was made"),
        ),
        dm.For(
            children.KEPT_WITHOUT_CONSENT,
            since="delete_at",
            ends=True,
            by=children.let_go,
            sure=False,
            after=_("a parent's consent was taken back; the account goes with it"),
        ),
    ],
    erase=dm.Erase.CUSTOM,
    purge=children.purge_enrolments,
    erased_how="deleted, with every consent",
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "partner": dm.link(),
        "school_class": dm.link(),
        "reference": dm.Datum("user.childrens", seen_by="participants"),
        "guardian_email": dm.Datum(
            "user.contact.email", seen_by="participants", recipients=["mail"]
        ),
        "child": dm.link(export=False),
        "created_at": dm.moment(),
        "accepted_at": dm.moment(),
        "stopped_at": dm.moment(),
        "delete_at": dm.moment(),
        "answer_by": dm.moment(),
        "reminded_at": dm.moment(),
    },
    order=92,
)
dm.declare(
    ParentalConsent,
    label=_("Consents of your parent"),
    subjects=["enrolment__child"],
    purposes=["children"],
    basis=dm.Basis.LEGAL,
    retention=dm.Until(dm.Event.PARENT, of="enrolment"),
    fields={
        "id": dm.technical(),
        "public_id": dm.identifier(seen_by="participants"),
        "enrolment": dm.link(),
        "scope": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "method": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "evidence": dm.Datum("user.childrens", seen_by="participants"),
        "given_on": dm.moment(),
        "text_version": dm.technical(),
        "text_sha256": dm.technical("of words that we wrote"),
        "recorded_by": dm.link(erase=dm.Erase.NULL),
        "recorded_at": dm.moment(),
    },
    order=91,
)
dm.declare(
    ConsentWithdrawal,
    label=_("Consents that your parent took back"),
    subjects=["consent__enrolment__child"],
    purposes=["children"],
    basis=dm.Basis.LEGAL,
    retention=dm.Until(dm.Event.PARENT, of="consent"),
    fields={
        "id": dm.technical(),
        "consent": dm.link(),
        "by": dm.Datum("user.privacy_preferences", seen_by="participants"),
        "person": dm.link(erase=dm.Erase.NULL),
        "at": dm.moment(),
    },
    order=90,
)

rules.see(Guardianship, Rule(owner="guardian", within={Audience.PARTICIPANTS: Person("child")}))
dm.declare(
    Guardianship,
    label="Children you answer for",
    subjects=["guardian", "child"],
    purposes=["safety"],
    basis=dm.Basis.LEGAL,
    erase=dm.Erase.CUSTOM,
    purge=guardianship.purge,
    erased_how="deleted, in both directions",
    fields={
        "id": dm.technical(),
        "guardian": dm.link(),
        "child": dm.link(),
        "since": dm.moment(),
        "ended": dm.moment(),
        "ended_by": dm.technical("one of four words"),
        "because": dm.Datum("user.childrens", seen_by="participants"),
    },
)
export.also(
    Guardianship,
    label=_("Adults who answer for you"),
    fields=["guardian", "since", "ended"],
    rows=lambda user: Guardianship.objects.filter(child=user),
)

for rule in DENY_RULES:
    rules.deny(rule)
rules.oversee(guardians_of)
erasure.hook(hide=guardianship.leaves, show=guardianship.comes_back, after=erasure.nothing)
connections.may_write_too(guardianship.may_write)
guarding.stopped_because(children.why_stopped)
leaving_page.also(guardianship.on_leaving)

# A parent's rights for a child are what people ask of us under the law.
dm.serves("schools", "account", "publishing", "safety", "children")
for module in (
    "services.guardians", "services.guardianship", "services.children", "views.parents",
    "views.links",
):  # fmt: skip
    dm.serves(f"schools.{module}", "account", "publishing", "safety", "children", "rights")
