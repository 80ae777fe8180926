"""What the links in letters open: a parent's own, and a guardian's for one more adult."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.connections import services
from accounts.identity.member_request import MemberRequest
from foundation.limits import network_of, spend
from foundation.secret_pages import kept_secret
from schools import parent_links, queries
from schools.models import Enrolment
from schools.services import children, guardians


@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a parent without account what they agreed to, the way out, and how to connect one."""
    place = parent_links.enrolment_of(token)
    context = {
        "partner": place.partner,
        "child": place.child,
        "agreed": children.has_consent(place),
        "consents": queries.consents(place),
        "delete_at": place.delete_at,
        "kept_days": children.KEPT_WITHOUT_CONSENT.days,
        "may_connect": guardians.may_connect(place, request.user),
        "connected": place.accepted_at is not None,
        "token": token,
    }
    response = render(request, "children/parent_link.html", context)
    response["Cache-Control"] = "no-store"
    return kept_secret(response)


LinkAction = Callable[[HttpRequest, Enrolment], HttpResponse | None]


def link_action(act: LinkAction) -> Callable[[HttpRequest, str], HttpResponse]:
    """Make a view out of what somebody does by a parent's link: `act(request, place)`.

    It returns where to go on, or None to come back to the page of the link.
    """

    @require_POST
    @wraps(act)
    def view(request: HttpRequest, token: str) -> HttpResponse:
        place = parent_links.enrolment_of(token)
        who = f"{place.public_id}:{network_of(request)}"
        spend("parent-link", who, limit=20, seconds=3600, guards=True)
        return act(request, place) or redirect("parent_link", token=token)

    return view


@link_action
def withdraw_by_link(request: HttpRequest, place: Enrolment) -> None:
    """Take consent back, which stops the account."""
    children.withdraw(place, by="link")
    messages.success(request, _("Your consent is taken back. It holds from now on."))


@link_action
def delete_by_link(request: HttpRequest, place: Enrolment) -> HttpResponse:
    """Delete everything now; the link ends with it."""
    guardians.delete_by_link(place)
    messages.success(request, _("Everything is out of sight, and being erased for good."))
    return redirect("home")


@link_action
def connect_by_link(request: HttpRequest, place: Enrolment) -> HttpResponse | None:
    """Connect the child's account with the parent's own."""
    if not request.user.is_authenticated:
        return None
    try:
        child = guardians.connect(place, request.user)
    except (children.Refused, services.Refused):
        messages.error(request, _("This account can't be connected. Nothing was changed."))
        return None
    return redirect("ward", public_id=child.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def guardian_link(request: MemberRequest, token: str) -> HttpResponse:
    """Let another adult answer for a child too, by a link that one who does made for them."""
    refused, child = "", None
    try:
        child = guardians.invited(token)
        if request.method == "POST" and request.user.is_authenticated:
            spend("guardian-link", str(request.user.pk), limit=20, seconds=3600)
            guardians.join(token, request.user)
            return redirect("ward", public_id=child.public_id)
    except (children.Refused, services.Refused) as reason:
        refused = str(reason) or _("This account can't be connected. Nothing was changed.")
    context = {
        "child": child,
        "refused": refused,
        "may_connect": bool(request.user.is_authenticated and request.user.is_adult),
    }
    status = 409 if refused else 200
    return kept_secret(render(request, "children/guardian_link.html", context, status=status))
