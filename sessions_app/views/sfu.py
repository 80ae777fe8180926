"""The media server of larger rooms: what a room's page needs for it, and its webhooks."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation.problems import problem_response
from integrations import livekit
from sessions_app.models import JamSession
from sessions_app.services import sfu


def room_data(session: JamSession) -> dict[str, str]:
    """Return the data attributes that say which way a room's sound goes."""
    if not session.is_large:
        return {"policy": "relay" if settings.TURN_URLS else "all"}
    script = static(settings.SFU_SCRIPT)
    return {"policy": "relay", "sfu": settings.LIVEKIT_REGION, "script-sfu": script}


def let_connect(page: HttpResponse, session: JamSession) -> HttpResponse:
    """Let a larger room's page connect to the media server; no other page may."""
    if session.is_large:
        answer: Any = page
        answer._csp_update = {"connect-src": livekit.origins()}
    return page


@csrf_exempt  # no browser sends it, and no cookie is read: the signature says who it is
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Take what the media server tells of its rooms: 200, also for what we don't know.

    401 for whatever our key didn't sign, 413 for what is longer than any event of the protocol.
    """
    if not livekit.is_configured():
        return problem_response(request, 401, _("This site has no media server."))
    body = request.read(livekit.LONGEST_EVENT + 1)
    if len(body) > livekit.LONGEST_EVENT:
        return problem_response(request, 413, _("An event has at most 64 KiB."))
    try:
        event = livekit.read_event(body, request.headers.get("Authorization", ""))
    except livekit.Unverified:
        return problem_response(request, 401, _("The signature isn't the media server's."))
    sfu.take_event(event)
    return HttpResponse()
