"""A parent's pages with an account: all that is held of a child, and what may be done with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.identity.models import User
from foundation import reauthentication
from foundation.addresses import absolute
from foundation.limits import Limit, network_of, spend
from privacy import erasure
from privacy.datamap import own_data as holdings
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer
from privacy.models import Export
from privacy.portability import views
from schools import queries
from schools.forms import ReportChildForm, UsernameForm
from schools.services import children, guardians, guardianship
from schools.views.row_actions import Action, View, row_action

CHANGES = Limit("ward", 60, 3600)
GUARDIAN_LINK = "guardian-link"  # the session's key for a link that waits to be shown


@login_required
@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """List the children whom the person answers for."""
    rows = [ward.child for ward in queries.wards(Viewer.oneself(request.user))]
    if len(rows) == 1:
        return redirect("ward", public_id=rows[0].public_id)
    return render(request, "children/wards.html", {"children": rows})


def _ward(request: MemberRequest, public_id: str) -> User:
    return queries.ward(Viewer.oneself(request.user), public_id)


@login_required
@require_safe
def ward(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show all that is held of a child, with what may be done."""
    child = _ward(request, public_id)
    form = UsernameForm(initial={"username": child.username})
    return _page(request, child, form, invite_url=request.session.pop(GUARDIAN_LINK, ""))


def _page(
    request: MemberRequest, child: User, form: UsernameForm, invite_url: str = ""
) -> HttpResponse:
    """Show the page; `invite_url`: the link for one more adult, which is shown once."""
    place = guardians.place_of(child)
    context = {
        "child": child,
        "place": place,
        "consents": queries.consents(place) if place else [],
        "agreed": bool(place and children.has_consent(place)),
        "may_profile": bool(place and children.has_consent(place, children.Scope.PROFILE)),
        "groups": holdings.overview(child),
        "counted": holdings.COUNTED,
        "pending": erasure.open_erasure(child),
        "grace_days": erasure.grace().days,
        "kept_days": children.KEPT_WITHOUT_CONSENT.days,
        "copies": [_copy(child, export) for export in guardians.copies(child)],
        "form": form,
        "others": [
            who.guardian.username
            for who in guardianship.standing(child)
            if who.guardian_id != request.user.pk
        ],
        "may_invite": guardians.may_invite(child),
        "invite_url": invite_url,
        "invite_days": guardians.INVITED_FOR.days,
        "answer_days": guardianship.ANSWER_WITHIN.days,
    }
    return render(request, "children/ward.html", context, status=422 if form.errors else 200)


def _copy(child: User, export: Export) -> dict[str, Any]:
    shape = views.shape(export)
    if shape["download_url"]:
        shape["download_url"] = reverse("ward_copy", args=[child.public_id, export.public_id])
    return shape


@login_required
@require_safe
def ward_held(request: MemberRequest, public_id: str, slug: str) -> HttpResponse:
    """Show one kind of what is held of a child, with its real values."""
    child = _ward(request, public_id)
    item = holdings.find(slug)
    rows, page = holdings.page_of(item, child, request.GET.get("after"))
    context = {
        "child": child,
        "kind": holdings.kind(item),
        "rows": rows,
        "next_url": page.next_url(request),
    }
    return render(request, "children/ward_held.html", context)


@login_required
@require_safe
def ward_copy(request: MemberRequest, public_id: str, copy_id: str) -> HttpResponseBase:
    """Send a copy of a child's data to who answers for them, and has just shown who they are."""
    child = _ward(request, public_id)
    if not reauthentication.is_fresh(request):
        return reauthentication.ask(request)
    copy = get_visible_or_404(
        visible(Export, Viewer(child.pk)), Viewer(child.pk), public_id=copy_id
    )
    return views.send(request, copy)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a report of a child's account from anybody; the answer is the same whoever exists."""
    form = ReportChildForm(
        request.POST if request.method == "POST" else None,
        initial={"account": request.GET.get("account", "")[:150]},
    )
    if request.method == "POST" and form.is_valid():
        spend("report-child", network_of(request), limit=5, seconds=3600)
        values = form.cleaned_data
        if not values["website"]:  # machines fill in what people don't see
            guardians.report(values["account"], values["text"], values["address"])
        return render(request, "children/reported.html", {"address": values["address"]})
    return render(
        request, "children/report.html", {"form": form}, status=422 if form.errors else 200
    )


# What a guardian does there ---------------------------------------------------------------


def ward_action(*, fresh: bool = False) -> Callable[[Action[User]], View]:
    """Make a view out of what a guardian does: `act(request, child)`.

    What it refuses (`Refused`, `TooLate`) leads back to the page, which says so.
    """

    def decorator(act: Action[User]) -> View:
        @row_action("ward", _ward, CHANGES, fresh=fresh)
        @wraps(act)
        def view(request: MemberRequest, child: User) -> HttpResponseBase:
            try:
                return act(request, child)
            except (children.Refused, erasure.TooLate):
                messages.error(request, _("That can't be done any more. Nothing was changed."))
                return _back(child)

        return view

    return decorator


def _back(child: User) -> HttpResponse:
    return redirect("ward", public_id=child.public_id)


@ward_action()
def rename_ward(request: MemberRequest, child: User) -> HttpResponse:
    """Correct the child's username."""
    form = UsernameForm(request.POST, initial={"username": child.username})
    if form.is_valid():
        try:
            children.rename(child, form.cleaned_data["username"])
        except ValidationError as fault:
            form.add_error("username", fault.messages)
        else:
            messages.success(request, _("Corrected."))
            return _back(child)
    return _page(request, child, form)


@ward_action()
def order_copy(request: MemberRequest, child: User) -> HttpResponse:
    """Have a copy made of all that is held of the child."""
    spend("ward-copy", f"{request.user.pk}:{child.pk}", limit=5, seconds=86400)
    guardians.order_copy(child)
    messages.success(request, _("The copy is being made. It waits here."))
    return _back(child)


@ward_action(fresh=True)
def withdraw(request: MemberRequest, child: User) -> HttpResponse:
    """Take every consent back, which stops the account."""
    return _withdraw(request, child, "")


@ward_action()
def withdraw_profile(request: MemberRequest, child: User) -> HttpResponse:
    """Take back the consent to a picture and words alone."""
    return _withdraw(request, child, children.Scope.PROFILE)


def _withdraw(request: MemberRequest, child: User, scope: str) -> HttpResponse:
    guardians.withdraw(child, request.user, scope)
    messages.success(request, _("Your consent is taken back. It holds from now on."))
    return _back(child)


@ward_action(fresh=True)
def delete_ward(request: MemberRequest, child: User) -> HttpResponse:
    """Delete the account: after the days to think again, or now (`at_once`)."""
    guardians.delete(child, at_once="at_once" in request.POST)
    messages.success(request, _("Everything is out of sight, and will be erased."))
    return _back(child)


@ward_action()
def keep_ward(request: MemberRequest, child: User) -> HttpResponse:
    """Keep the account after all."""
    guardians.keep(child)
    messages.success(request, _("The account stays."))
    return _back(child)


@ward_action(fresh=True)
def invite_guardian(request: MemberRequest, child: User) -> HttpResponse:
    """Make the link by which one more adult may answer for the child."""
    token = guardians.invitation(child, request.user)
    request.session[GUARDIAN_LINK] = absolute(reverse("guardian_link", args=[token]))
    return _back(child)


@ward_action(fresh=True)
def stop_answering(request: MemberRequest, child: User) -> HttpResponse:
    """End that the guardian answers for the child."""
    if not guardianship.stop_answering(request.user, child):
        raise children.Refused
    messages.success(request, _("You no longer answer for this child. The child is told."))
    return redirect("wards")
