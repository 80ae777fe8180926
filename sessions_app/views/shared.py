"""Secret links of recordings and sessions: the part of their pages that only the owner sees."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.member_request import MemberRequest
from foundation.limits import spend
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from privacy.sharing import links

ROUTES = {"recording": "make_recording_link", "jamsession": "make_jam_link"}


def context(request: HttpRequest, viewer: Viewer, item: Any, *, owned: bool) -> dict[str, Any]:
    """Return the links of an item whose audience is "with the link", for its owner."""
    if not owned or item.audience != Audience.LINK:
        return {}
    rows = links.in_force(viewer, item)
    route = ROUTES[item._meta.model_name]
    return {
        "make_link_url": reverse(route, args=[item.public_id]),
        "share_links": [links.present_link(row, request.build_absolute_uri) for row in rows],
    }


def make_link(request: MemberRequest, item: Any) -> HttpResponse:
    """Make one more link to an item of one's own."""
    spend("share-link", str(request.user.pk), limit=60, seconds=3600)
    if item.audience != Audience.LINK:
        messages.error(
            request, _("Choose “With the link” as the audience first; a link opens nothing else.")
        )
        return redirect(item)
    try:
        links.make(item, request.user)
    except links.TooManyLinks:
        messages.error(request, _("There are 20 links already. Take one back first."))
    else:
        messages.success(request, _("The link is ready: copy it."))
    return redirect(item)
