"""What a session's hosts do on its page about who is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import shown_person
from accounts.models import User
from accounts.profile.faces import Faces
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from sessions_app import queries, room_queries
from sessions_app.models import JamSession, Knock
from sessions_app.services import hosting, passing, sessions, waiting
from sessions_app.services.recording import Refused
from sessions_app.views.presenters import session_card

LOOK_EVERY = 4  # seconds between two looks of a page that waits


def panel(viewer: Viewer, session: JamSession, faces: Faces) -> dict[str, Any]:
    """Return what a session's page shows to its hosts alone."""
    removals = room_queries.removals(viewer, session.pk)
    return {
        "knocks": [
            {"face": faces.of(row.user), "since": row.created_at}
            for row in room_queries.knocks(viewer, session.pk)
        ],
        "removals": [
            {
                "face": faces.of(row.user),
                "by": faces.of(by) if (by := shown_person(row, "by")) else None,
            }
            for row in removals
        ],
    }


def hosted(request: HttpRequest, public_id: str) -> JamSession:
    """Return a session that the person is a host of; whoever else asks gets the 404."""
    viewer = Viewer.looking(request)
    session = get_visible_or_404(JamSession, viewer, public_id=public_id)
    if not room_queries.is_host(session, viewer.user_id):
        raise Http404
    return session


def _removed(viewer: Viewer, session: JamSession, public_id: str) -> User | None:
    row = room_queries.removals(viewer, session.pk).filter(user__public_id=public_id).first()
    return row.user if row is not None else None


@login_required
@require_POST
def door(request: MemberRequest, public_id: str) -> HttpResponse:
    """Change how a session's door stands: `action`."""
    session = hosted(request, public_id)
    action = request.POST.get("action", "")
    if action not in DOOR:
        messages.error(request, _("There is no such action. Nothing was changed."))
        return redirect(session)
    act, said = DOOR[action]
    try:
        act(session, request.user)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, said)
    return redirect(session)


DOOR: dict[str, tuple[Callable[[JamSession, User], None], Any]] = {
    "lock": (partial(hosting.lock, locked=True), _lazy("Locked: nobody takes a new seat.")),
    "ask-first": (
        partial(hosting.ask_first, asks=True),
        _lazy("From now on you are asked first."),
    ),
    "let-all": (
        partial(hosting.ask_first, asks=False),
        _lazy("Whoever may take a seat comes in without asking."),
    ),
    "unlock": (partial(hosting.lock, locked=False), _lazy("Unlocked.")),
}


def _waiting(viewer: Viewer, session: JamSession, public_id: str) -> User | None:
    row = room_queries.knocks(viewer, session.pk).filter(user__public_id=public_id).first()
    return row.user if row is not None else None


@dataclass(frozen=True)
class Action:
    """What a host may do about one person: how they are found, what is done, what is said then."""

    find: Callable[[Viewer, JamSession, str], User | None]
    act: Callable[..., None]
    said: Any
    fields: tuple[str, ...] = ()  # switches that the form sends along


ACTIONS = {
    "remove": Action(
        room_queries.seated, hosting.remove, _lazy("They are out until you let them in again.")
    ),
    "admit": Action(_waiting, waiting.admit, _lazy("They are in.")),
    "decline": Action(_waiting, waiting.decline, _lazy("They are told that they can't come in.")),
    "appoint": Action(
        room_queries.seated,
        partial(passing.set_role, co_host=True),
        _lazy("They host this session with you from now on."),
    ),
    "dismiss": Action(
        room_queries.seated,
        partial(passing.set_role, co_host=False),
        _lazy("They are a player again."),
    ),
    "rights": Action(
        room_queries.seated,
        passing.set_rights,
        _lazy("This holds from now on."),
        room_queries.RIGHTS,
    ),
    "offer": Action(
        room_queries.seated,
        passing.offer,
        _lazy("They are asked. You are the host until they say yes."),
    ),
    "let-in": Action(_removed, hosting.let_in_again, _lazy("They may come in again.")),
}


@login_required
@require_POST
def person(request: MemberRequest, public_id: str) -> HttpResponse:
    """Do one thing about one person: `action`, and `person`, their public id."""
    session = hosted(request, public_id)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        messages.error(request, _("There is no such action. Nothing was changed."))
        return redirect(session)
    who = action.find(Viewer.looking(request), session, request.POST.get("person", ""))
    if who is None:
        messages.error(request, _("This person isn't there any more. Nothing was changed."))
        return redirect(session)
    try:
        sent = {name: request.POST.get(name) == "1" for name in action.fields}
        action.act(session, request.user, who, **sent)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, action.said)
    return redirect(session)


@login_required
@require_POST
def answer_offer(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take over a session that one is asked to, or don't: `answer` is "yes" or "no"."""
    session = get_visible_or_404(JamSession, Viewer.looking(request), public_id=public_id)
    yes = request.POST.get("answer") == "yes"
    try:
        passing.answer(session, request.user, yes=yes)
    except Refused as why:
        messages.error(request, str(why))
    else:
        said = _("You are the host of this session now.") if yes else _("It stays as it is.")
        messages.success(request, said)
    return redirect(session)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: MemberRequest, public_id: str) -> HttpResponse:
    """Where somebody waits until a host lets them in; each look is a sign of life.

    Works by reloading; scripts look every few seconds, and go in by themselves.
    """
    viewer = Viewer.looking(request)
    session = get_visible_or_404(queries.sessions(viewer), viewer, public_id=public_id)
    if request.method == "POST":
        waiting.give_up(session, request.user)
        messages.success(request, _("You don't wait any more."))
        return redirect(session)
    if room_queries.has_seat(viewer, session):
        return _go(request, reverse("room", args=[session.public_id]))
    knock = room_queries.my_knock(viewer, session)
    if knock is None or not session.is_open:
        return _go(request, session.get_absolute_url())
    why_not = sessions.why_no_seat(session, request.user)
    if not why_not:
        waiting.still_waits(knock)
    return render(
        request,
        "sessions/wait.html",
        {
            "session": session_card(session, Faces(viewer)),
            "waits": knock.state == Knock.State.WAITING,
            "before_me": room_queries.before_me(knock),
            "why_not": why_not,
            "look_every": LOOK_EVERY,
        },
    )


def _go(request: MemberRequest, to: str) -> HttpResponse:
    """Lead a page on; one that looked by a script is loaded whole, as the room needs it."""
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
