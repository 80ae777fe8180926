"""Sharing and apps: switches, and every secret link in force."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.connections import services
from accounts.identity.member_request import MemberRequest
from accounts.settings.forms.sharing import SharingForm
from foundation.paging import newest_first
from privacy.gate.viewer import Viewer
from privacy.sharing import links


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: MemberRequest) -> HttpResponse:
    form = SharingForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.switch(request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on, everywhere."))
        return redirect("sharing")
    viewer = Viewer.looking(request)
    page = newest_first(links.of_viewer(viewer), request.GET.get("after"))
    return render(
        request,
        "accounts/sharing.html",
        {
            "form": form,
            "links": links.shapes(page.items, viewer, request.build_absolute_uri),
            "next_url": page.next_url(request),
        },
    )
