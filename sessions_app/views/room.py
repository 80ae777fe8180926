"""The page of a room: who may enter it, and the addresses of everything it uses."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Face, Faces
from foundation.isolation import isolated
from foundation.permissions_policy import with_pictures
from foundation.sockets import socket_origin
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from sessions_app import permissions, queries
from sessions_app.models import JamSession, Participant
from sessions_app.views import sfu, shared
from sessions_app.views.presenters import session_card


@login_required
@require_safe
@isolated
def room(request: MemberRequest, public_id: str) -> HttpResponse:
    viewer = Viewer.looking(request)
    seats = Participant.objects.filter(user=request.user).values("session")
    rooms = queries.open_rooms(viewer).order_by().values("pk")
    open_ones = queries.sessions(viewer).filter(pk__in=rooms).filter(pk__in=seats)
    session = get_visible_or_404(open_ones, viewer, public_id=public_id)
    faces = Faces(viewer)
    about = {
        "session": session_card(session, faces),
        "room_data": _room_data(request, session, faces.of(request.user)),
        **_inviting(request, viewer, session),
    }
    page = sfu.let_connect(render(request, "sessions/room.html", about), session)
    return with_pictures(page) if _shows_pictures(request, session) else page


def _shows_pictures(request: MemberRequest, session: JamSession) -> bool:
    """Say whether this page may show pictures: from browser to browser, and not a child's.

    No parent was asked whether a child may be seen.
    """
    return not (request.user.is_child or session.is_large)


def _inviting(request: MemberRequest, viewer: Viewer, session: JamSession) -> dict[str, Any]:
    """Return how others get in: the host's secret links, or the address whoever may join opens."""
    if permissions.may_invite(viewer, session):
        return {"may_invite": True, "invites": shared.invites(request, viewer, session)}
    is_open = permissions.may_share_address(viewer, session) and not request.user.is_child
    address = request.build_absolute_uri(session.get_absolute_url())
    return {"may_invite": False, "address": address if is_open else ""}


def _room_data(request: MemberRequest, session: JamSession, me: Face) -> dict[str, str]:
    """Return the data attributes of `<jam-room>`: addresses of everything the room uses."""
    return {
        "session": session.public_id,
        "name": request.user.username,
        "shown": me.name,
        "photo": me.photo_url or "",
        "instrument": me.instrument,
        "socket": f"{socket_origin(request)}/ws/jam/{session.public_id}/",
        "stems": "/api/v1/stems/",
        "leave": session.get_absolute_url(),
        "chat": reverse("api_session_chat", args=[session.public_id]),
        "people": reverse("profile", args=["_"]).removesuffix("_/"),
        "report": reverse("report_child"),
        "pictures": "yes" if _shows_pictures(request, session) else "no",
        **sfu.room_data(session),
        "csrf-cookie": settings.CSRF_COOKIE_NAME,
        **{name: static(file) for name, file in settings.ROOM_SCRIPTS.items()},
    }
