"""What the site told a person."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from foundation.paging import newest_first
from privacy import notices
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from privacy.notices import newsletter
from privacy.notices.models import Notice


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List notices, newest first; POST marks all of them as seen."""
    if request.method == "POST":
        notices.see_all(request.user)
        return redirect("notices")
    page: Any = newest_first(
        visible(Notice, Viewer.oneself(request.user)).filter(listed=True), request.GET.get("after")
    )
    rows = notices.shown(page.items, request.user)
    context = {"notices": rows, "next_url": page.next_url(request)}
    return render(request, "privacy/notices.html", context)


@csrf_exempt  # RFC 8058: mail programs post here, without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for programs fetch links by themselves; POST ends it. Says nothing of whom."""
    done = request.method == "POST"
    try:
        newsletter.unsubscribe(token, act=done)
    except BadSignature:
        raise Http404 from None
    return render(request, "privacy/unsubscribe.html", {"done": done})


@csrf_exempt  # from a mail, without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        newsletter.unsubscribe(token, act=False)
        done = request.method == "POST" and newsletter.confirm(token)
    except BadSignature:
        raise Http404 from None
    late = request.method == "POST" and not done
    return render(
        request,
        "privacy/confirm_news.html",
        {"done": done, "late": late},
        status=410 if late else 200,
    )
