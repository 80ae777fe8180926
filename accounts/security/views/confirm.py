"""Confirming that it is you, for people without a password: a link to their own address.

The link works once, for a quarter of an hour, and only in the web session that asked for it: a
stolen session lacks the mailbox, a stolen letter lacks the session.
"""

import secrets
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.identity.allauth_internals import record_authentication
from accounts.identity.member_request import MemberRequest
from foundation.addresses import absolute
from foundation.limits import spend

LIFETIME = 900  # seconds
_KEY = "confirm_by_mail"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest) -> HttpResponse:
    """Offer to send the link; POST sends it."""
    sent = request.method == "POST"
    if sent:
        spend("confirm", str(request.user.pk), limit=5, seconds=3600, guards=True)
        token = secrets.token_urlsafe(32)
        request.session[_KEY] = {
            "digest": _digest(token),
            "at": time.time(),
            "next": _safe(request, request.POST.get("next", "")),
        }
        link = absolute(reverse("confirm_by_link", args=[token]))
        context = {"link": link, "minutes": LIFETIME // 60}
        get_adapter().send_mail("account/email/confirm_it_is_you", request.user.email, context)
    context = {"sent": sent, "next": _safe(request, request.GET.get("next", ""))}
    return render(request, "accounts/confirm.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: MemberRequest, token: str) -> HttpResponse:
    """Ask once more (mail programs open links by themselves); POST confirms and goes on."""
    spend("confirm-answer", str(request.user.pk), limit=20, seconds=3600, guards=True)
    held: dict[str, Any] = request.session.get(_KEY, {})
    young = time.time() - held.get("at", 0) < LIFETIME
    if not young or not constant_time_compare(held["digest"], _digest(token)):
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/confirm_link.html")
    del request.session[_KEY]
    record_authentication(request, request.user, method="mail_link", reauthenticated=True)
    return redirect(held["next"])


def _digest(token: str) -> str:
    return salted_hmac("accounts.confirm", token, algorithm="sha256").hexdigest()


def _safe(request: HttpRequest, target: str) -> str:
    """Return a path of our own to go on to, whatever was asked for."""
    fine = url_has_allowed_host_and_scheme(target, {request.get_host()})
    return target if fine else reverse("settings")
