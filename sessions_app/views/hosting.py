"""What a session's hosts do on its page about who is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import shown_person
from accounts.models import User
from accounts.profile.faces import Faces
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.models import JamSession
from sessions_app.services import hosting
from sessions_app.services.recording import Refused


def panel(viewer: Viewer, session: JamSession, faces: Faces) -> dict[str, Any]:
    """Return what a session's page shows to its hosts alone."""
    removals = queries.removals(viewer, session.pk)
    return {
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
    if not queries.is_host(session, viewer.user_id):
        raise Http404
    return session


def _removed(viewer: Viewer, session: JamSession, public_id: str) -> User | None:
    row = queries.removals(viewer, session.pk).filter(user__public_id=public_id).first()
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
    "unlock": (partial(hosting.lock, locked=False), _lazy("Unlocked.")),
}


@dataclass(frozen=True)
class Action:
    """What a host may do about one person: how they are found, what is done, what is said then."""

    find: Callable[[Viewer, JamSession, str], User | None]
    act: Callable[[JamSession, User, User], None]
    said: Any


ACTIONS = {
    "remove": Action(
        queries.seated, hosting.remove, _lazy("They are out until you let them in again.")
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
        action.act(session, request.user, who)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, action.said)
    return redirect(session)
