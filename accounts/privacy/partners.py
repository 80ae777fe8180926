"""Partners, who works there, and their classes."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClassSeat, Partner, PartnerStaff, SchoolClass
from privacy import datamap as dm
from privacy import rules
from privacy.audiences import Audience
from privacy.rules import Anyone, Related, Rule

COORDINATES = Q(role=PartnerStaff.Role.COORDINATOR, ended=None)


def coordinators(path: str) -> Related:
    """Return those who answer for all classes of the partner at a path."""
    return Related("accounts.PartnerStaff", "partner", "user", COORDINATES, path)


def seated(path: str) -> Related:
    """Return those who have a seat, now, in the class at a path."""
    return Related("accounts.ClassSeat", "school_class", "user", Q(ended=None), path)


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
                "accounts.PartnerStaff", "partner__classes", "user", COORDINATES, "school_class_id"
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
