"""Where a person is signed in, ending any of it, and the log of what changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.security.models import SafetyEvent
from accounts.security.services import agents, alerts, sign_ins
from foundation import reauthentication
from foundation.limits import spend
from foundation.paging import newest_first
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer


@login_required
@require_safe
def listed(request: MemberRequest) -> HttpResponse:
    rows = sign_ins.standing(request.user)
    page = newest_first(rows, request.GET.get("after"))
    here = request.session.session_key
    shapes = [_shape(row, row.session_key == here) for row in page.items]
    context = {"sign_ins": shapes, "next_url": page.next_url(request)}
    return render(request, "accounts/sign_ins.html", context)


def _shape(row: Any, is_here: bool) -> dict[str, Any]:
    """Return what is shown of a sign-in; `data` is what was kept of its machine in words."""
    device = row.data.get("device") or row.data.get("system", "")
    address = str(row.ip)
    return {
        "machine": agents.machine(row.data) or _("A device that said nothing of itself"),
        "facts": [
            (_("System"), row.data.get("system", "") if row.data.get("device") else ""),
            (_("Near"), agents.region(row.data)),
            (_("Address"), _shortened(address)),
        ],
        "is_app": bool(row.data.get("app")),
        "is_phone": device in {"iPhone", "iPad"} or row.data.get("system", "").startswith("And"),
        "since": row.created_at,
        "last": row.last_seen_at,
        "ends": row.ends_at,
        "is_here": is_here,
        "token": sign_ins.token_of(row),
    }


def _shortened(address: str) -> str:
    """Say of an address that its end was taken off, where it was."""
    whole = address.endswith((".0", "::"))
    return _("%(start)s (shortened)") % {"start": address} if whole else address


@login_required
@require_POST
def end(request: MemberRequest) -> HttpResponse:
    """End one sign-in; ending this very one signs out here."""
    spend("end-sign-in", str(request.user.pk), limit=60, seconds=3600)
    if not sign_ins.end_by(request.user, request.POST.get("sign_in", "")):
        raise Http404
    if not request.session.exists(request.session.session_key or ""):
        logout(request)
        return redirect("account_login")
    messages.success(request, _("Ended. Whoever used it is signed out now."))
    return redirect("sign_ins")


@login_required
@require_POST
def end_others(request: MemberRequest) -> HttpResponse:
    """End every sign-in but this one, once the person has shown that it is them."""
    spend("end-sign-in", str(request.user.pk), limit=60, seconds=3600)
    if not reauthentication.is_fresh(request):
        return reauthentication.ask(request, back_to="sign_ins")
    count = sign_ins.end_all(request.user, but=request.session.session_key)
    if count:
        alerts.note(request.user, SafetyEvent.Kind.ENDED)
    messages.success(request, _("Everybody else is signed out. You are still here."))
    return redirect("sign_ins")


@login_required
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    """Show what changed in how the account is entered, newest first."""
    events = newest_first(visible(SafetyEvent, Viewer.looking(request)), request.GET.get("after"))
    context = {"events": events.items, "next_url": events.next_url(request)}
    return render(request, "accounts/safety_log.html", context)


def moved(request: HttpRequest) -> HttpResponse:
    """allauth's own list of web sessions is ours."""
    return redirect("sign_ins")
