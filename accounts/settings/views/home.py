"""Settings: their home with the search, their pages, leaving."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.settings import leaving_page
from accounts.settings.forms.leaving import LeaveForm
from foundation import reauthentication, settings_map, settings_search
from foundation.limits import spend
from foundation.middleware import reads_words
from privacy import erasure
from privacy.erasure import leave_links


@reads_words
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the doors, or with `?q=` what answers to those words. Nothing is kept of a question."""
    question = request.GET.get("q", "")[: settings_search.LONGEST].strip()
    context = {
        "question": question,
        "hits": settings_search.find(request.user, question) if question else [],
        "pages": settings_map.pages(request.user),
    }
    return render(request, "settings/home.html", context)


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/page.html", {"page": settings_map.get("security")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: MemberRequest) -> HttpResponse:
    """Say what will go and when, offer the export first, then ask for the password."""
    user = request.user
    form = LeaveForm(request.POST or None, user=user)
    if request.method == "POST" and not user.is_leaving:
        spend("leave", str(user.pk), limit=10, seconds=3600)
        if not user.has_usable_password() and not reauthentication.is_fresh(request):
            return reauthentication.ask(request)  # a username is no proof
        if form.is_valid():
            made = erasure.request(user)
            logout(request)  # the web session has ended with all others
            context = {"purge_date": made.purge_at, "state_url": leave_links.of_erasure(made)}
            return render(request, "accounts/erased.html", context)
    pending = erasure.open_erasure(user)
    return render(
        request,
        "accounts/leave.html",
        {
            "form": form,
            "pending": pending,
            "stages": erasure.stages(pending) if pending else [],
            "state_url": leave_links.of_erasure(pending) if pending else "",
            "plan": erasure.plan(user),
            "retained": erasure.retained(user),
            "purge_date": pending.purge_at if pending else timezone.now() + erasure.grace(),
            "grace_days": erasure.grace().days,
            **erasure.if_they_stay(),
            **leaving_page.context(user),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def leave_cancel(request: MemberRequest) -> HttpResponse:
    try:
        erasure.cancel(request.user)
    except erasure.TooLate:
        messages.error(request, _("The purge has begun and can't be stopped any more."))
        return redirect("leave")
    gone = " ".join(erasure.if_they_stay()["ends"])
    messages.success(request, _("Welcome back. What did not come back: %(gone)s") % {"gone": gone})
    return redirect("settings")
