"""The account page: what was given at sign-up, each with the way to change it, and the clock."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import my_addresses
from accounts.profile.services import usernames
from accounts.settings import services
from accounts.settings.forms.clock import ZoneForm
from accounts.settings.forms.username import UsernameForm
from accounts.settings.views import changes
from foundation import settings_map
from foundation.limits import spend
from foundation.moments import moment_in_words


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: MemberRequest) -> HttpResponse:
    """Show what was given and what became of it; POST keeps a time zone."""
    user = request.user
    before = changes.take_back(request, "account") if request.POST.get("undo") else None
    if before is not None:
        services.set_zone(user, before)
        messages.success(request, _("Taken back. It is as it was."))
        return redirect("account_settings")
    initial = {"time_zone": user.time_zone}
    form = ZoneForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        before, zone = user.time_zone, form.cleaned_data["time_zone"]
        services.set_zone(user, zone)
        changes.remember(request, "account", before, [_clock_says(user)])
        return redirect("account_settings")
    context = {
        "page": settings_map.get("account"),
        "form": form,
        "addresses": my_addresses(user),
        "now": moment_in_words(timezone.now(), user),
        "changed": changes.said(request, "account"),
    }
    return render(request, "settings/account.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_username(request: MemberRequest) -> HttpResponse:
    """Say what a new name does, then take it."""
    form = UsernameForm(request.POST or None, person=request.user)
    if request.method == "POST":
        spend("username", str(request.user.pk), limit=10, seconds=3600)
        if form.is_valid():
            usernames.rename(request.user, form.cleaned_data["username"])
            form.record_news(request.user, request)
            said = _("You are %(name)s now, everywhere.") % {"name": request.user.username}
            messages.success(request, said)
            return redirect("account_settings")
    context = {
        "form": form,
        "kept_days": settings.RETENTION_NAMES_DAYS,
        "pause_days": usernames.PAUSE.days,
    }
    return render(request, "settings/username.html", context, status=422 if form.errors else 200)


def _clock_says(user: object) -> str:
    """Say a changed zone by what time it is there."""
    return _("Times are told by this clock from now on. It says: %(now)s.") % {
        "now": moment_in_words(timezone.now(), user)
    }
