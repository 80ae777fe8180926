"""The door of a band's rehearsal room, on the band's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.identity.member_request import MemberRequest
from bands.queries import find_band
from foundation.limits import TooMany
from foundation.problems import too_many_in_words
from privacy.gate.viewer import Viewer
from sessions_app.services import sessions, standing


@login_required
@require_POST
def enter(request: MemberRequest, slug: str) -> HttpResponse:
    """Go into the room of a band that one is in; whoever comes first opens it."""
    band = find_band(Viewer.looking(request), slug)
    try:
        room = standing.enter(band, request.user)
    except sessions.NotInBand:
        raise Http404 from None
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
        return redirect(band)
    except TooMany as error:
        messages.error(request, too_many_in_words(error).message)
        return redirect(band)
    return redirect("room", public_id=room.public_id)
