"""Named lists for those who answer for children: schools, their staff, and guardians.

A child sits in a class too and sees it; what is here is for those who look after it.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.identity.models import User
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer
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

ACTIVE = Partner.State.ACTIVE


def listed_partners() -> QuerySet[Partner]:
    """Return the public list: the partners that are active now."""
    return visible(Partner, Viewer()).order_by("country", "name", "pk")


def workplaces(viewer: Viewer) -> QuerySet[PartnerStaff]:
    """Return where the viewer works."""
    rows = visible(PartnerStaff, viewer).filter(user=viewer.user_id, ended=None)
    return rows.filter(partner__state=ACTIVE).select_related("partner").order_by("pk")


def workplace(viewer: Viewer, slug: str) -> PartnerStaff:
    """Return the viewer's place at a partner, or raise the one Http404."""
    return get_visible_or_404(workplaces(viewer), viewer, partner__slug=slug)


def _works(viewer: Viewer, partner: str) -> Any:
    return PartnerStaff.objects.filter(
        partner=OuterRef(partner), partner__state=ACTIVE, user=viewer.user_id, ended=None
    )


def _answers_for(viewer: Viewer, school_class: str, partner: str) -> Q:
    """Return the condition for what belongs to a class that the viewer teaches or coordinates."""
    teaches = ClassSeat.objects.filter(
        school_class=OuterRef(school_class),
        user=viewer.user_id,
        part=ClassSeat.Part.TEACHER,
        ended=None,
    )
    works = _works(viewer, partner)
    coordinates = works.filter(role=PartnerStaff.Role.COORDINATOR)
    return Q(Exists(works)) & (Q(Exists(teaches)) | Q(Exists(coordinates)))


def classes(viewer: Viewer) -> QuerySet[SchoolClass]:
    """Return the open classes that the viewer answers for."""
    rows = visible(SchoolClass, viewer).filter(_answers_for(viewer, "pk", "partner"))
    return rows.filter(closed_at=None).select_related("partner")


def classes_at(viewer: Viewer, partner: Partner) -> QuerySet[SchoolClass]:
    rows = classes(viewer).filter(partner=partner)
    return rows.annotate(children=Count("enrolments")).order_by("name", "pk")


def class_of(viewer: Viewer, public_id: str) -> SchoolClass:
    return get_visible_or_404(classes(viewer), viewer, public_id=public_id)


def places(viewer: Viewer) -> QuerySet[Enrolment]:
    """Return the children that the viewer answers for at a school."""
    rows = visible(Enrolment, viewer)
    rows = rows.filter(_answers_for(viewer, "school_class", "partner"))
    return rows.select_related("child", "partner", "school_class")


def places_in(viewer: Viewer, school_class: SchoolClass) -> QuerySet[Enrolment]:
    """Return the children of a class, each with whether a consent is in force."""
    agreed = ParentalConsent.objects.filter(
        ParentalConsent.in_force(), enrolment=OuterRef("pk"), scope=ParentalConsent.Scope.PROGRAMME
    )
    rows = places(viewer).filter(school_class=school_class)
    return rows.annotate(agreed=Exists(agreed)).order_by("reference", "pk")


def place(viewer: Viewer, public_id: str) -> Enrolment:
    return get_visible_or_404(places(viewer), viewer, public_id=public_id)


def consents(enrolment: Enrolment) -> list[dict[str, Any]]:
    """Return the consents of a place, newest first, in words, with their end."""
    rows = ParentalConsent.objects.filter(enrolment=enrolment).select_related("recorded_by")
    ends = {
        withdrawal.consent_id: withdrawal
        for withdrawal in ConsentWithdrawal.objects.filter(consent__enrolment=enrolment)
    }
    return [
        {
            "scope": row.get_scope_display(),
            "method": row.get_method_display(),
            "evidence": row.evidence,
            "given_on": row.given_on,
            "recorded_at": row.recorded_at,
            "recorded_by": row.recorded_by.username if row.recorded_by else "",
            "version": row.text_version,
            "withdrawn": ends[row.pk].at if row.pk in ends else None,
            "withdrawn_by": ends[row.pk].get_by_display() if row.pk in ends else "",
        }
        for row in rows.order_by("-pk")
    ]


# Guardians -------------------------------------------------------------------------------


def wards(viewer: Viewer) -> QuerySet[Guardianship]:
    """Return the children whom the viewer answers for, stopped and leaving ones too."""
    rows = visible(Guardianship, viewer).filter(guardian=viewer.user_id, ended=None)
    rows = rows.filter(child__age_group=User.AgeGroup.CHILD)
    return rows.select_related("child", "child__enrolment__partner").order_by("pk")


def ward(viewer: Viewer, public_id: str) -> User:
    """Return a child whom the viewer answers for, or raise the one Http404."""
    return get_visible_or_404(wards(viewer), viewer, child__public_id=public_id).child
