"""Schools and their classes: where somebody works, and a parent's consent for one more child."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.vocabulary import country_name
from foundation.limits import spend
from privacy.gate.viewer import Viewer
from schools import consent_words, queries
from schools.forms import ClassForm, ConsentForm
from schools.models import ParentalConsent, PartnerStaff
from schools.services import children, partners

Scope = ParentalConsent.Scope


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """List the schools and programmes whose accounts for children are in use: public."""
    rows = [
        {
            "name": partner.name,
            "kind": partner.get_kind_display(),
            "country": country_name(partner.country),
            "website": partner.website,
            "since": partner.verified_at,
        }
        for partner in queries.listed_partners()
    ]
    return render(request, "children/partners.html", {"partners": rows})


@login_required
@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """List where the person works."""
    rows = list(queries.workplaces(Viewer.looking(request)))
    if len(rows) == 1:
        return redirect("school", slug=rows[0].partner.slug)
    return render(request, "children/schools.html", {"places": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def school(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a school's classes; POST opens one."""
    viewer = Viewer.looking(request)
    work = queries.workplace(viewer, slug)
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = partners.open_class(
                work.partner,
                name=form.cleaned_data["name"],
                term=form.cleaned_data["term"],
                teacher=request.user,
            )
        except partners.Refused as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("school_class", public_id=made.public_id)
    context = {
        "partner": work.partner,
        "coordinates": work.role == PartnerStaff.Role.COORDINATOR,
        "classes": queries.classes_at(viewer, work.partner),
        "form": form,
    }
    return render(request, "children/school.html", context, status=_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def school_class(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show the children of a class; POST records a parent's consent for one more."""
    viewer = Viewer.looking(request)
    row = queries.class_of(viewer, public_id)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend("consent", str(request.user.pk), limit=120, seconds=3600)
        try:
            made = children.record_consent(row, request.user, **form.cleaned_data)
        except children.Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The consent is recorded, and the parent is written to."))
            return redirect("school_child", public_id=made.public_id)
    context = {
        "school_class": row,  # not "class": templates give icons theirs by that name
        "partner": row.partner,
        "children": [_child(place) for place in queries.places_in(viewer, row)],
        "form": form,
        "words": consent_words.now(Scope.PROGRAMME).text,
    }
    return render(request, "children/class.html", context, status=_status(form))


def _child(place: Any) -> dict[str, Any]:
    return {
        "reference": place.reference,
        "username": place.child.username if place.child else "",
        "agreed": place.agreed,
        "stopped": place.stopped_at is not None,
        "public_id": place.public_id,
    }


def _status(form: Any) -> int:
    return 422 if form.errors else 200
