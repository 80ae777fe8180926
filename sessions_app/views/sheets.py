"""Pages of a session's set list, charts and notes, for who has a seat. Written in the room."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Faces
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from sessions_app import charts, queries, talk_queries
from sessions_app.models import Sheet
from sessions_app.views.presenters import session_card


@login_required
@require_safe
def index(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show a session's songs in their order, and its notes."""
    viewer = Viewer.looking(request)
    session = _seated(viewer, public_id)
    rows = list(talk_queries.sheets_of(viewer, session.pk))
    notes = next((row for row in rows if row.is_notes), None)
    context = {
        "session": session_card(session, Faces(viewer)),
        "songs": [_song(row, public_id) for row in rows if not row.is_notes],
        "lines": _lines(viewer, notes) if notes else [],
        "days": settings.RETENTION_ROOM_WORDS_DAYS,
    }
    return render(request, "sessions/songs.html", context)


@login_required
@require_safe
def song(request: MemberRequest, public_id: str, song_id: str) -> HttpResponse:
    """Show a song of the set list with its chart."""
    viewer = Viewer.looking(request)
    session = _seated(viewer, public_id)
    rows = talk_queries.sheets_of(viewer, session.pk).filter(is_notes=False)
    row = get_visible_or_404(rows, viewer, public_id=song_id)
    context = {
        "session": session_card(session, Faces(viewer)),
        "song": _song(row, public_id),
        "lines": _lines(viewer, row),
    }
    return render(request, "sessions/song.html", context)


def _seated(viewer: Viewer, public_id: str) -> Any:
    """Return a session in which the viewer has a seat."""
    rows = queries.sessions(viewer).filter(pk__in=queries.my_seats(viewer))
    return get_visible_or_404(rows, viewer, public_id=public_id)


def _song(row: Sheet, session_id: str) -> dict[str, Any]:
    return {
        "title": row.title or _("A song without a title"),
        "key": row.get_key_display(),
        "tempo": row.tempo,
        "playing": row.is_playing,
        "url": reverse("jam_song", args=[session_id, row.public_id]),
    }


def _lines(viewer: Viewer, sheet: Sheet) -> list[dict[str, Any]]:
    return [charts.read(row.text) for row in talk_queries.sheet_lines(viewer, sheet)]
