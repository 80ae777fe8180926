"""A parent's pages: with an account, the whole of it; by the link in a letter, the way out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.connections import services
from accounts.identity.member_request import MemberRequest
from accounts.identity.models import User
from foundation import reauthentication
from foundation.addresses import absolute
from foundation.limits import network_of, spend
from foundation.secret_pages import kept_secret
from privacy import erasure
from privacy.datamap import own_data as holdings
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer
from privacy.models import Export
from privacy.portability import views
from schools import parent_links, queries
from schools.forms import ReportChildForm, UsernameForm
from schools.models import Enrolment
from schools.services import children, guardians, guardianship


@login_required
@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """List the children whom the person answers for."""
    rows = [one.child for one in queries.wards(Viewer.oneself(request.user))]
    if len(rows) == 1:
        return redirect("ward", public_id=rows[0].public_id)
    return render(request, "children/wards.html", {"children": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ward(request: MemberRequest, public_id: str) -> HttpResponseBase:
    """Show all that is held of a child; POST corrects, copies, deletes, takes consent back."""
    child = queries.ward(Viewer.oneself(request.user), public_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = UsernameForm(
        request.POST if do == "rename" else None, initial={"username": child.username}
    )
    if do:
        spend("ward", str(request.user.pk), limit=60, seconds=3600)
        if do in {"withdraw", "delete", "end", "invite"} and not reauthentication.is_fresh(request):
            return reauthentication.ask(request)
        if do != "rename" or form.is_valid():
            try:
                _do(request, child, do, form)
            except ValidationError as fault:
                form.add_error("username", fault.messages)
            except (children.Refused, erasure.TooLate):
                messages.error(request, _("That can't be done any more. Nothing was changed."))
                return redirect("ward", public_id=public_id)
            else:
                return redirect("wards") if do == "end" else redirect("ward", public_id=public_id)
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
        "copies": [_copy(child, one) for one in guardians.copies(child)],
        "form": form,
        "others": [
            one.guardian.username
            for one in guardianship.standing(child)
            if one.guardian_id != request.user.pk
        ],
        "may_invite": guardians.may_invite(child),
        "invite_url": request.session.pop("guardian-link", "") if not do else "",
        "invite_days": guardians.INVITED_FOR.days,
        "answer_days": guardianship.ANSWER_WITHIN.days,
    }
    return render(request, "children/ward.html", context, status=422 if form.errors else 200)


def _copy(child: User, one: Export) -> dict[str, Any]:
    shape = views.shape(one)
    if shape["download_url"]:
        shape["download_url"] = reverse("ward_copy", args=[child.public_id, one.public_id])
    return shape


def _do(request: MemberRequest, child: User, do: str, form: UsernameForm) -> None:
    if do == "rename":
        children.rename(child, form.cleaned_data["username"])
        messages.success(request, _("Corrected."))
    elif do == "copy":
        spend("ward-copy", f"{request.user.pk}:{child.pk}", limit=5, seconds=86400)
        guardians.order_copy(child)
        messages.success(request, _("The copy is being made. It waits here."))
    elif do in {"withdraw", "withdraw-profile"}:
        scope = children.Scope.PROFILE if do == "withdraw-profile" else ""
        guardians.withdraw(child, request.user, scope)
        messages.success(request, _("Your consent is taken back. It holds from now on."))
    elif do == "delete":
        guardians.delete(child, at_once="at_once" in request.POST)
        messages.success(request, _("Everything is out of sight, and will be erased."))
    elif do == "invite":
        token = guardians.invitation(child, request.user)
        request.session["guardian-link"] = absolute(reverse("guardian_link", args=[token]))
    elif do == "end":
        if not guardianship.stop_answering(request.user, child):
            raise children.Refused
        messages.success(request, _("You no longer answer for this child. The child is told."))
    elif do == "keep":
        guardians.keep(child)
        messages.success(request, _("The account stays."))
    else:
        raise children.Refused


@login_required
@require_safe
def ward_held(request: HttpRequest, public_id: str, slug: str) -> HttpResponse:
    """Show one kind of what is held of a child, with its real values."""
    child = queries.ward(Viewer.oneself(request.user), public_id)
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
def ward_copy(request: HttpRequest, public_id: str, copy_id: str) -> HttpResponseBase:
    """Send a copy of a child's data to who answers for them, and has just shown who they are."""
    child = queries.ward(Viewer.oneself(request.user), public_id)
    if not reauthentication.is_fresh(request):
        return reauthentication.ask(request)
    copy = get_visible_or_404(
        visible(Export, Viewer(child.pk)), Viewer(child.pk), public_id=copy_id
    )
    return views.send(request, copy)


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let a parent without account take consent back, delete, or connect an account of theirs."""
    row = parent_links.enrolment_of(token)
    if request.method == "POST":
        spend(
            "parent-link",
            f"{row.public_id}:{network_of(request)}",
            limit=20,
            seconds=3600,
            guards=True,
        )
        return _by_link(request, row, token)
    context = {
        "partner": row.partner,
        "child": row.child,
        "agreed": children.has_consent(row),
        "consents": queries.consents(row),
        "delete_at": row.delete_at,
        "kept_days": children.KEPT_WITHOUT_CONSENT.days,
        "may_connect": guardians.may_connect(row, request.user),
        "connected": row.accepted_at is not None,
        "token": token,
    }
    response = render(request, "children/parent_link.html", context)
    response["Cache-Control"] = "no-store"
    return kept_secret(response)


def _by_link(request: HttpRequest, row: Enrolment, token: str) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "withdraw":
        children.withdraw(row, by="link")
        messages.success(request, _("Your consent is taken back. It holds from now on."))
    elif do == "delete":
        guardians.delete_by_link(row)
        messages.success(request, _("Everything is out of sight, and being erased for good."))
        return redirect("home")
    elif do == "connect" and request.user.is_authenticated:
        try:
            child = guardians.connect(row, request.user)
        except (children.Refused, services.Refused):
            messages.error(request, _("This account can't be connected. Nothing was changed."))
        else:
            return redirect("ward", public_id=child.public_id)
    return redirect("parent_link", token=token)


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


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a report of a child's account from anybody; the answer is the same whoever exists."""
    form = ReportChildForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        spend("report-child", network_of(request), limit=5, seconds=3600)
        values = form.cleaned_data
        if not values["website"]:  # machines fill in what people don't see
            guardians.report(values["account"], values["text"], values["address"])
        return render(request, "children/reported.html", {"address": values["address"]})
    return render(
        request, "children/report.html", {"form": form}, status=422 if form.errors else 200
    )
