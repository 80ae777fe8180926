"""What those who work for a school do here: classes, consents, children's accounts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.vocabulary import country_name
from foundation import reauthentication
from foundation.limits import spend
from privacy.gate.viewer import Viewer
from schools import consent_words, queries
from schools.forms import (
    AddConsentForm,
    ClassForm,
    ConsentForm,
    EndGuardianForm,
    MoveForm,
    NewParentForm,
    UsernameForm,
)
from schools.models import Enrolment, ParentalConsent, PartnerStaff
from schools.services import children, guardianship, partners

Scope = ParentalConsent.Scope


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """List the schools and programmes whose accounts for children are in use: public."""
    rows = [
        {
            "name": one.name,
            "kind": one.get_kind_display(),
            "country": country_name(one.country),
            "website": one.website,
            "since": one.verified_at,
        }
        for one in queries.listed_partners()
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
        "children": [_child(one) for one in queries.places_in(viewer, row)],
        "form": form,
        "words": consent_words.now(Scope.PROGRAMME).text,
    }
    return render(request, "children/class.html", context, status=_status(form))


def _child(one: Any) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "username": one.child.username if one.child else "",
        "agreed": one.agreed,
        "stopped": one.stopped_at is not None,
        "public_id": one.public_id,
    }


def _status(form: Any) -> int:
    return 422 if form.errors else 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def school_child(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show one child's place and consents; POST does one of the things below."""
    viewer = Viewer.looking(request)
    row = queries.place(viewer, public_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    answering = list(guardianship.standing(row.child_id)) if row.child_id else []
    others = queries.classes_at(viewer, row.partner).exclude(pk=row.school_class_id)
    missing = {one for one in Scope if not children.has_consent(row, one)}
    forms = {
        "account": UsernameForm(request.POST if do == "account" else None),
        "consent": AddConsentForm(request.POST if do == "consent" else None, missing=missing),
        "parent": NewParentForm(request.POST if do == "parent" else None),
        "end": EndGuardianForm(request.POST if do == "end" else None, ties=answering),
        "move": MoveForm(request.POST if do == "move" else None, classes=others),
    }
    if do:
        spend("child-account", str(request.user.pk), limit=240, seconds=3600)
        form: Any = forms.get(do)
        if form is None or form.is_valid():
            try:
                answer = _do(request, row, do, form.cleaned_data if form else {})
            except (children.Refused, ValidationError) as fault:
                words = fault.messages if isinstance(fault, ValidationError) else [str(fault)]
                if form is not None:
                    form.add_error(None, words)
                else:
                    messages.error(request, " ".join(words))
            else:
                return answer
    context = {
        "one": row,
        "partner": row.partner,
        "agreed": Scope.PROGRAMME not in missing,
        "may_agree": bool(missing),
        "answering": answering,
        "may_change_parent": row.accepted_at is None,
        "consents": queries.consents(row),
        "forms": forms,
        "may_move": bool(forms["move"].fields["to"].choices),  # type: ignore[attr-defined]
        "kept_days": children.KEPT_WITHOUT_CONSENT.days,
    }
    wrong = any(one.errors for one in forms.values())
    return render(request, "children/child.html", context, status=422 if wrong else 200)


def _do(request: MemberRequest, row: Enrolment, do: str, said: dict[str, Any]) -> HttpResponse:
    """Do what a form of the page says. Raises Refused or ValidationError with the reason."""
    if do == "account":
        child, password = children.create_account(row, said["username"])
        return _card(request, row, child.username, password)
    if do == "password":
        if not reauthentication.is_fresh(request):
            return reauthentication.ask(request)
        password = children.renew_password(row)
        return _card(request, row, row.child.username if row.child else "", password)
    if do == "consent":
        children.add_consent(row, request.user, **said)
        messages.success(request, _("The consent is recorded, and the parent is written to."))
    elif do == "move":
        to = queries.class_of(Viewer.looking(request), said["to"])
        partners.move(row, to)
        messages.success(request, _("Moved. The old class doesn't see the child any more."))
    elif do == "parent":
        children.new_parent(row, request.user, **said)
        messages.success(request, _("Recorded. The parent is written to, with a link."))
    elif do == "end":
        guardianship.end(said["tie"], by="school", person=request.user, because=said["because"])
        messages.success(request, _("Ended. The child and the adult are told."))
    elif do == "withdraw":
        children.withdraw(row, by="school", person=request.user)
        messages.success(request, _("Stopped. The parent is written to."))
    else:
        raise children.Refused(_("Nothing was done."))
    return redirect("school_child", public_id=row.public_id)


def _card(request: HttpRequest, row: Enrolment, username: str, password: str) -> HttpResponse:
    """Show the card to hand to the child, once: the password is stored as a hash alone."""
    context = {"one": row, "username": username, "password": password, "site": settings.SITE_URL}
    response = render(request, "children/card.html", context)
    response["Cache-Control"] = "no-store"
    return response
