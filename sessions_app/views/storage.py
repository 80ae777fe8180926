"""The page that says how much room one's own sound takes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity.member_request import MemberRequest
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from sessions_app.models import Recording
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.services import storage


@login_required
@require_safe
def page(request: MemberRequest) -> HttpResponse:
    """Show the use, the limits, and one's largest stems with where each can be taken back."""
    viewer = Viewer.looking(request)
    stems = storage.largest(request.user.pk)
    recordings = visible(Recording, viewer).filter(pk__in=[stem.recording_id for stem in stems])
    known = {recording.pk: recording for recording in recordings}
    rows = [
        {
            "title": known[stem.recording_id].title if stem.recording_id in known else "",
            "url": known[stem.recording_id].get_absolute_url()
            if stem.recording_id in known
            else "",
            "at": stem.created_at,
            "size": stem.size,
        }
        for stem in stems
    ]
    hours = LONGEST_MS // 3_600_000
    context = {"use": storage.use_of(request.user.pk), "stems": rows, "hours": hours}
    return render(request, "sessions/storage.html", context)
