"""Opening and taking back share links."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.limits import network_of, spend
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer, hold_link
from privacy.sharing import links
from privacy.sharing.models import ShareLink


@require_safe
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """Hold the link from now on, and go to what it opens; nothing without the gate's yes."""
    spend("shared", network_of(request), limit=300, seconds=900)
    link = links.find(key)
    if link is None:
        raise Http404
    viewer = Viewer.looking(request).holding(link.pk)
    item: Any = get_visible_or_404(links.model_of(link), viewer, public_id=link.item_id)
    if hold_link(request.session, link.pk):
        links.count_use(link)
    response = redirect(item)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    links.revoke(get_visible_or_404(ShareLink, Viewer.looking(request), public_id=public_id))
    messages.success(request, _("The link no longer opens anything."))
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if here else "sharing")
