"""Calendars of sessions: one as a file, one's own as a feed with a secret address."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import shown_person
from foundation.limits import network_of, spend
from privacy.gate.viewer import Via, Viewer
from sessions_app import lists, queries, titles
from sessions_app.services import calendars

PAST = timedelta(days=90)  # how far back a calendar goes


@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One planned session as a file, for whoever may see it."""
    viewer = Viewer.looking(request)
    session: Any = lists.one_session.first_or_404(viewer, public_id=public_id)
    if session.starts_at is None:
        raise Http404
    mine = queries.my_rsvp(viewer, session.pk) if viewer.is_member else None
    said = calendars.calendar([_event(session, mine.state if mine else None)], _title(session))
    answer = HttpResponse(said, content_type=calendars.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="session-{session.public_id}.ics"'
    return answer


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What its person hosts or answered, as far as they may see it, for who holds the address."""
    spend("calendar-feed", network_of(request), limit=600, seconds=3600)
    person = calendars.owner_of(secret)
    if person is None:
        raise Http404
    viewer = Viewer.of(person, Via.JOB)
    sessions = queries.calendar_of(viewer, since=timezone.now() - PAST)
    states = queries.my_states(viewer)
    events = [_event(session, states.get(session.pk)) for session in sessions]
    said = calendars.calendar(events, _("My sessions"))
    answer = HttpResponse(said, content_type=calendars.CONTENT_TYPE)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _title(session: Any) -> str:
    return titles.of_session(session, shown_person(session, "host"))


def _event(session: Any, state: str | None) -> list[str]:
    """Return a session's event; who isn't shown takes their words along."""
    host = shown_person(session, "host")
    theirs = host is not None or session.host is None
    words = [session.about if theirs else "", session.welcome if theirs else ""]
    return calendars.event(
        session, title=_title(session), words="\n\n".join(filter(None, words)), state=state
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest) -> HttpResponse:
    """The secret address of one's calendar: shown once, when it is made; made anew, or ended."""
    address = ""
    if request.method == "POST":
        if request.POST.get("end"):
            calendars.revoke(request.user)
            messages.success(request, _("The address of your calendar no longer works."))
            return redirect("calendar_settings")
        spend("calendar-address", str(request.user.pk), limit=20, seconds=3600)
        secret = calendars.make_address(request.user)
        address = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
    feed = queries.my_feed(Viewer.looking(request))
    answer = render(request, "sessions/calendar.html", {"address": address, "feed": feed})
    answer["Cache-Control"] = "private, no-store"
    return answer
