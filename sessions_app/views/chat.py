"""The page of what was said in a session's room, for who was inside."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Faces
from foundation.paging import newest_first
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from privacy.sharing.media import send_saved
from sessions_app import queries, talk_queries
from sessions_app.models import ChatLine, JamSession
from sessions_app.services.chat import take_back
from sessions_app.shared_files.kinds import type_of
from sessions_app.views.presenters import session_card

PAGE = 50  # lines


@login_required
@require_safe
def page(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show what was said since the viewer first came in, the newest stretch first."""
    viewer = Viewer.looking(request)
    session = talk_queries.been_inside(viewer, public_id)
    rows_said = talk_queries.chat_lines(viewer, session.pk)
    found: Any = newest_first(rows_said, request.GET.get("after"), size=PAGE)
    faces = Faces(viewer)
    lines = [
        {
            "id": line.public_id,
            "author": faces.of(line.author),
            "text": line.text,
            "file": talk_queries.shared_file(line, session),
            "label": line.text or line.file_name,
            "at": line.created_at,
            "mine": line.author_id == viewer.user_id,
        }
        for line in found.items[::-1]
    ]
    context = {
        "session": session_card(session, faces),
        "lines": lines,
        "is_earlier": "after" in request.GET,
        "earlier_url": found.next_url(request),
        "days": settings.RETENTION_ROOM_WORDS_DAYS,
    }
    return render(request, "sessions/chat.html", context)


@login_required
@require_safe
def file(request: MemberRequest, public_id: str, line_id: str) -> HttpResponseBase:
    """Send the file of a line, to be saved: it opens nowhere on this site's address."""
    viewer = Viewer.looking(request)
    session = talk_queries.been_inside(viewer, public_id)
    rows = talk_queries.chat_lines(viewer, session.pk).exclude(file="")
    line = get_visible_or_404(rows, viewer, public_id=line_id)
    return send_saved(request, line.file, type_of(str(line.file.name)), line.file_name)


@login_required
@require_POST
def delete(request: MemberRequest, public_id: str, line_id: str) -> HttpResponse:
    """Delete a line of one's own, for everybody."""
    mine = ChatLine.objects.filter(session__public_id=public_id, author=request.user)
    line = get_visible_or_404(
        mine.select_related("session"), Viewer.looking(request), public_id=line_id
    )
    take_back(request.user, line)
    messages.success(request, _("The line is deleted, for everybody."))
    seen = JamSession.objects.filter(pk__in=queries.my_seats_inside(Viewer.looking(request)))
    return redirect("jam_chat" if seen.filter(pk=line.session_id).exists() else "jam", public_id)
