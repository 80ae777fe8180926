"""What pages of recordings and sessions share: one's own, secret links, who fits in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.member_request import MemberRequest
from foundation.limits import spend
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from privacy.sharing import links
from sessions_app.models import Invite, JamSession
from sessions_app.services import sessions

ROUTES = {"recording": "make_recording_link", "jamsession": "make_jam_link"}


def hosted(request: MemberRequest, public_id: str) -> JamSession:
    """Return a session that the person hosts; whoever else asks gets the 404."""
    viewer = Viewer.looking(request)
    return get_visible_or_404(
        JamSession.objects.filter(host=request.user), viewer, public_id=public_id
    )


def listen_url(session: JamSession) -> str:
    """Return where a session that the viewer sees is heard live, if it may be."""
    listened = session.listeners and session.audience == Audience.PUBLIC and session.is_open
    return reverse("listen", args=[session.public_id]) if listened else ""


def fits(request: HttpRequest, session: JamSession) -> bool:
    """Return whether a seat could be this person's: none is a child's among people outside of its
    circle. What would be refused isn't offered.
    """
    host = session.host
    if not getattr(request.user, "is_child", False) and not (host and host.is_child):
        return True
    return sessions.would_fit(session, request.user)  # type: ignore[arg-type]


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


def invites(request: HttpRequest, viewer: Viewer, session: JamSession) -> list[dict[str, object]]:
    rows = visible(Invite, viewer).filter(session=session, revoked_at__isnull=True)
    return [
        {
            "url": request.build_absolute_uri(reverse("invite", args=[sessions.token_of(invite)])),
            "expires_at": invite.expires_at,
            "used": invite.used,
            "revoke_url": reverse("revoke_invite", args=[session.public_id, invite.public_id]),
        }
        for invite in rows.order_by("-created_at", "-pk")[:20]
    ]
