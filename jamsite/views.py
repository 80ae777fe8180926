"""Pages that belong to no app: home, and what only development shows."""

import email
import email.policy
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.discovery.views import looks_for_strangers
from accounts.profile.faces import Faces
from foundation.outages import AWAY
from foundation.problems import away, problem_response
from privacy.gate.viewer import Viewer
from sessions_app import lists
from sessions_app.views.presenters import recording_card, session_card


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Live now and new recordings, as far as the viewer may see them."""
    viewer = Viewer.looking(request)
    faces = Faces(viewer)
    return render(
        request,
        "pages/home.html",
        {
            "may_play_tonight": viewer.is_member and looks_for_strangers(request.user),
            "my_planned": [session_card(jam, faces) for jam in lists.my_coming_up(viewer)],
            "live_sessions": [session_card(jam, faces) for jam in lists.live(viewer)],
            "new_recordings": [
                recording_card(recording, viewer, faces) for recording in lists.newest(viewer)
            ],
        },
    )


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide/index.html")


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """List the mail that development sent to a folder, newest first."""
    folder = Path(settings.MAIL_DIR)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    letters: list[dict[str, Any]] = []
    for path in files[:50]:
        letters.extend(_letters(path))
    return render(request, "pages/dev_mail.html", {"letters": letters})


def _letters(path: Path) -> list[dict[str, Any]]:
    """Read one of Django's mail files: letters divided by a line of 79 dashes."""
    letters = []
    for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
        if raw.strip():
            letter = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
            body = letter.get_body(("plain",))
            letters.append(
                {
                    "to": letter["To"],
                    "subject": letter["Subject"],
                    "date": letter["Date"],
                    "text": body.get_content() if body else "",
                }
            )
    return letters


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one answer for hidden and missing; under /api/ as problem JSON."""
    if request.path.startswith("/api/"):
        return problem_response(request, 404, "Not found.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault: 503 where the database or Valkey is away, else 500 and our mistake."""
    if isinstance(sys.exc_info()[1], AWAY):
        return away(request)
    if request.path.startswith("/api/"):
        return problem_response(request, 500, "Something broke on our side. We have been told.")
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"csrf": True}, status=403)
