"""What the site told a person."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from foundation.paging import newest_first
from privacy import notices
from privacy.access import visible
from privacy.models import Notice
from privacy.viewer import Viewer


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
    shown = notices.shown(page.items, request.user)
    context = {"notices": shown, "next_url": page.next_url(request)}
    return render(request, "privacy/notices.html", context)
