"""The page of one child at its school, and what its teachers and coordinators do there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.identity.member_request import MemberRequest
from foundation.limits import Limit
from privacy.gate.viewer import Viewer
from schools import queries
from schools.forms import AddConsentForm, EndGuardianForm, MoveForm, NewParentForm, UsernameForm
from schools.models import Enrolment, ParentalConsent
from schools.services import children, guardianship, partners
from schools.views.row_actions import View, row_action

Scope = ParentalConsent.Scope
CHANGES = Limit("child-account", 240, 3600)
Said = dict[str, Any]  # what a form's fields hold, cleaned
ChildAction = Callable[[MemberRequest, Enrolment, Said], HttpResponse]


def _place(request: MemberRequest, public_id: str) -> Enrolment:
    return queries.place(Viewer.looking(request), public_id)


def _consent_form(request: MemberRequest, place: Enrolment, sent: Any) -> forms.Form:
    missing = {scope for scope in Scope if not children.has_consent(place, scope)}
    return AddConsentForm(sent, missing=missing)


def _end_form(request: MemberRequest, place: Enrolment, sent: Any) -> forms.Form:
    answering = guardianship.standing(place.child_id) if place.child_id else []
    return EndGuardianForm(sent, ties=answering)


def _move_form(request: MemberRequest, place: Enrolment, sent: Any) -> forms.Form:
    classes = queries.classes_at(Viewer.looking(request), place.partner)
    return MoveForm(sent, classes=classes.exclude(pk=place.school_class_id))


# The forms of the page; each is made from what was sent, or None.
FORMS: dict[str, Callable[[MemberRequest, Enrolment, Any], forms.Form]] = {
    "account": lambda request, place, sent: UsernameForm(sent),
    "consent": _consent_form,
    "parent": lambda request, place, sent: NewParentForm(sent),
    "end": _end_form,
    "move": _move_form,
}


@login_required
@require_safe
def school_child(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show one child's place and consents, with what may be done."""
    return _page(request, _place(request, public_id))


def _page(request: MemberRequest, place: Enrolment, **sent: forms.Form) -> HttpResponse:
    """Show the page; `sent` holds the form that was sent, shown as it was with its faults."""
    empty = {name: make(request, place, None) for name, make in FORMS.items() if name not in sent}
    page_forms: dict[str, Any] = {**empty, **sent}
    missing = page_forms["consent"].missing
    context = {
        "one": place,
        "partner": place.partner,
        "agreed": Scope.PROGRAMME not in missing,
        "may_agree": bool(missing),
        "answering": bool(page_forms["end"].ties),
        "may_change_parent": place.accepted_at is None,
        "consents": queries.consents(place),
        "forms": page_forms,
        "may_move": bool(page_forms["move"].fields["to"].choices),
        "kept_days": children.KEPT_WITHOUT_CONSENT.days,
    }
    wrong = any(form.errors for form in page_forms.values())
    return render(request, "children/child.html", context, status=422 if wrong else 200)


def child_action(form: str = "", *, fresh: bool = False) -> Callable[[ChildAction], View]:
    """Make a view out of what one form of the page does: `act(request, place, said)`.

    `form` names it in FORMS; without one there is nothing to say but yes. A form with faults, and
    what the action refuses (`Refused`, `ValidationError`), show the page again with the reason.
    """

    def decorator(act: ChildAction) -> View:
        @row_action("school_child", _place, CHANGES, fresh=fresh)
        @wraps(act)
        def view(request: MemberRequest, place: Enrolment) -> HttpResponseBase:
            sent = {form: FORMS[form](request, place, request.POST)} if form else {}
            if all(filled.is_valid() for filled in sent.values()):
                try:
                    return act(request, place, sent[form].cleaned_data if form else {})
                except (children.Refused, ValidationError) as refusal:
                    _tell(request, refusal, sent.get(form))
            return _page(request, place, **sent)

        return view

    return decorator


def _tell(request: HttpRequest, refusal: Exception, form: forms.Form | None) -> None:
    """Say why nothing was done: above the form's fields, or above the page."""
    words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
    if form is not None:
        form.add_error(None, words)
    else:
        messages.error(request, " ".join(words))


@child_action("account")
def create_account(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Make the child's account, and show its card."""
    child, password = children.create_account(place, said["username"])
    return _card(request, place, child.username, password)


@child_action(fresh=True)
def renew_password(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Give the account a new password, and show the new card."""
    password = children.renew_password(place)
    return _card(request, place, place.child.username if place.child else "", password)


@child_action("consent")
def add_consent(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Record one more consent of the parent, or a new one after the old was taken back."""
    children.add_consent(place, request.user, **said)
    return _done(request, place, _("The consent is recorded, and the parent is written to."))


@child_action("parent")
def change_parent(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Record who answers now, with their consent."""
    children.new_parent(place, request.user, **said)
    return _done(request, place, _("Recorded. The parent is written to, with a link."))


@child_action("move")
def move(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Move the child to another class of the school."""
    partners.move(place, queries.class_of(Viewer.looking(request), said["to"]))
    return _done(request, place, _("Moved. The old class doesn't see the child any more."))


@child_action("end")
def end_guardianship(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """End that somebody answers for the child, with the reason that they read."""
    guardianship.end(said["tie"], by="school", person=request.user, because=said["because"])
    return _done(request, place, _("Ended. The child and the adult are told."))


@child_action()
def withdraw_consent(request: MemberRequest, place: Enrolment, said: Said) -> HttpResponse:
    """Take the parent's consent back, as they asked the school."""
    children.withdraw(place, by="school", person=request.user)
    return _done(request, place, _("Stopped. The parent is written to."))


def _done(request: HttpRequest, place: Enrolment, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("school_child", public_id=place.public_id)


def _card(request: HttpRequest, place: Enrolment, username: str, password: str) -> HttpResponse:
    """Show the card to hand to the child, once: the password is stored as a hash alone."""
    context = {"one": place, "username": username, "password": password, "site": settings.SITE_URL}
    response = render(request, "children/card.html", context)
    response["Cache-Control"] = "no-store"
    return response
