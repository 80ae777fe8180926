"""What a person is told, where, and when it is quiet."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.member_request import MemberRequest
from accounts.settings import services
from accounts.settings.forms.clock import QuietForm
from accounts.settings.forms.notifications import NotificationsForm
from accounts.settings.views import changes
from foundation import settings_map
from privacy import notices


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: MemberRequest) -> HttpResponse:
    """Two forms: kinds by channel, and quiet hours (`part=quiet`)."""
    if request.POST.get("undo"):
        before = changes.take_back(request, "notifications")
        if before is not None:
            notices.choose(request.user, {key: tuple(choice) for key, choice in before.items()})
            messages.success(request, _("Taken back. It is as it was."))
        return redirect("notification_settings")
    quiet = request.POST.get("part") == "quiet"
    wanted = NotificationsForm(
        request.POST if request.method == "POST" and not quiet else None, user=request.user
    )
    hours = QuietForm(request.POST if quiet else None, user=request.user)
    if hours.is_bound and hours.is_valid():
        messages.success(request, _keep_quiet(request, hours.cleaned_data))
        return redirect("notification_settings")
    if wanted.is_bound and wanted.is_valid():
        changed = wanted.wanted()
        notices.choose(request.user, changed)
        if changed:
            before = {key: wanted.before[key] for key in changed}
            changes.remember(request, "notifications", before, _words(wanted, changed))
        else:
            messages.success(request, _("Nothing was changed."))
        return redirect("notification_settings")
    context = {
        "page": settings_map.get("notifications"),
        "form": wanted,
        "hours": hours,
        "always": [kind for kind in notices.kinds() if not kind.choosable],
        "changed": changes.said(request, "notifications"),
    }
    status = 422 if hours.errors else 200
    return render(request, "settings/notifications.html", context, status=status)


def _keep_quiet(request: MemberRequest, values: dict[str, Any]) -> str:
    user = request.user
    zone = values["time_zone"] or user.time_zone
    if not values["quiet"]:
        services.set_quiet(user, None, None, zone)
        return _("No quiet hours: everything comes as it happens.")
    services.set_quiet(user, values["quiet_from"], values["quiet_until"], zone)
    return _("Quiet from %(begins)s until %(ends)s, %(zone)s time. Alerts still come.") % {
        "begins": time_format(values["quiet_from"], "H:i"),
        "ends": time_format(values["quiet_until"], "H:i"),
        "zone": zone.replace("_", " "),
    }


def _words(form: NotificationsForm, changed: dict[str, tuple[bool, bool]]) -> list[str]:
    where = {
        (True, True): _("in the product and by e-mail"),
        (True, False): _("in the product, no e-mail"),
        (False, True): _("by e-mail alone"),
        (False, False): _("not at all"),
    }
    return [
        _("%(kind)s: from now on %(where)s.")
        % {"kind": kind.title, "where": where[changed[kind.key]]}
        for kind in form.kinds
        if kind.key in changed
    ]
