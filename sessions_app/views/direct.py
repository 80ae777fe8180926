"""The page of settings about being connected directly, and so showing one's network address."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.member_request import MemberRequest
from privacy.gate.viewer import Viewer
from sessions_app import direct_queries
from sessions_app.forms import DirectForm
from sessions_app.services import direct


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest) -> HttpResponse:
    """Whether one goes direct with people one knows; what one said of others, and forgetting it."""
    if request.method == "POST":
        if "forget" in request.POST:
            direct.forget_answers(request.user)
            messages.success(request, _("Forgotten: in a room you are asked anew."))
            return redirect("direct_settings")
        form = DirectForm(request.POST)
        if form.is_valid():
            direct.choose(request.user, known=form.cleaned_data["known"])
            messages.success(request, _("Saved."))
            return redirect("direct_settings")
    known = direct_queries.goes_direct(request.user)
    said = direct_queries.my_answers(Viewer.looking(request))
    context = {
        "form": DirectForm(initial={"known": known}),
        "relayed": bool(settings.TURN_URLS),
        **said,
    }
    return render(request, "sessions/direct.html", context)
