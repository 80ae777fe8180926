"""Pages of planned sessions: what is coming, changing it, answering to it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Faces
from accounts.profile.vocabulary import INSTRUMENTS
from foundation.limits import TooMany
from foundation.problems import status_of, too_many_in_words
from foundation.strict import said_yes
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from sessions_app import lists, permissions, queries
from sessions_app.forms import SeatForm, SessionEditForm
from sessions_app.models import JamSession, Rsvp
from sessions_app.services import planning, rsvps, sessions
from sessions_app.views.presenters import session_card
from sessions_app.views.shared import fits, hosted


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the sessions to come that the viewer may see, the soonest first; `?mine`: their own."""
    viewer = Viewer.looking(request)
    mine = viewer.is_member and said_yes(request.GET, "mine")
    pages = lists.my_planned_sessions if mine else lists.planned_sessions
    page: Any = pages.page(viewer, request.GET.get("after"))
    faces = Faces(viewer)
    context = {
        "sessions": [session_card(session, faces) for session in page.items],
        "next_url": page.next_url(request),
        "mine": mine,
    }
    return render(request, "sessions/planned.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, public_id: str) -> HttpResponse:
    """Change all that a session says of itself; who answered is told."""
    session = hosted(request, public_id)
    if session.is_over:
        messages.error(request, planning.Over.said)
        return redirect(session)
    form = SessionEditForm(request.POST or None, instance=session, host=request.user)
    if request.method == "POST" and form.is_valid() and _changed(request, session, form):
        return redirect(session)
    context = {"form": form, "session": session, "is_edit": True}
    return render(request, "sessions/edit.html", context, status=status_of(form))


def _changed(request: MemberRequest, session: JamSession, form: SessionEditForm) -> bool:
    """Write what the form says; return whether there is nothing more to say on it."""
    try:
        changed = planning.change(session, **form.values())
    except TooMany as error:
        form.add_error(None, too_many_in_words(error))
        return False
    except ValidationError as fault:
        form.say(fault)
        return False
    except planning.Over as over:
        messages.error(request, over.said)
        return True
    if changed:
        messages.success(request, _("Changed. Who answered is told."))
    return True


@login_required
@require_POST
def cancel(request: MemberRequest, public_id: str) -> HttpResponse:
    session = hosted(request, public_id)
    if planning.cancel(session, ends_series=request.POST.get("series") == "1"):
        messages.success(request, _("The session is called off. Who answered is told."))
    else:
        messages.error(request, _("Only a session that hasn't begun can be called off."))
    return redirect(session)


@login_required
@require_POST
def open_doors(request: MemberRequest, public_id: str) -> HttpResponse:
    session = hosted(request, public_id)
    planning.open_doors(session)
    if session.is_over:
        messages.error(request, planning.Over.said)
        return redirect(session)
    return redirect("room", public_id=session.public_id)


@login_required
@require_POST
def answer(request: MemberRequest, public_id: str) -> HttpResponse:
    """Keep what somebody answers to a planned session."""
    viewer = Viewer.looking(request)
    session = get_visible_or_404(JamSession, viewer, public_id=public_id)
    if not permissions.may_answer(viewer, session, queries.my_rsvp(viewer, session.pk)):
        raise Http404
    says, instrument = request.POST.get("says", ""), request.POST.get("instrument", "")
    if says not in rsvps.SAYS:
        messages.error(request, _("Say whether you come, maybe come or can't."))
        return redirect(session)
    try:
        made = rsvps.answer(session, request.user, says, instrument=instrument)
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
    except TooMany as error:
        messages.error(request, too_many_in_words(error).message)
    else:
        messages.success(request, said_of(made))
    return redirect(session)


def said_of(rsvp: Rsvp) -> str:
    """Return what became of an answer, for the person whose it is."""
    return {
        Rsvp.State.GOING: _("A seat is yours. See you there."),
        Rsvp.State.WAITING: _("All those seats are taken: you are on the waiting list."),
        Rsvp.State.PENDING: _("The host decides, and you are told."),
        Rsvp.State.REFUSED: _("The host declined."),
        Rsvp.State.MAYBE: _("The host knows that you may come. No seat is held for you."),
        Rsvp.State.CANT: _("The host knows that you can't come."),
    }[Rsvp.State(rsvp.state)]


@login_required
@require_POST
def decide(request: MemberRequest, public_id: str, rsvp_id: str) -> HttpResponse:
    """Let the host accept or decline somebody's answer."""
    session = hosted(request, public_id)
    theirs = queries.rsvps_of(Viewer.looking(request), session.pk)
    rsvp = get_visible_or_404(theirs, Viewer.looking(request), public_id=rsvp_id)
    said = {"accept": rsvps.accept, "refuse": rsvps.refuse}.get(request.POST.get("decision", ""))
    if said is None:
        messages.error(request, _("Say whether you accept or decline. Nothing was changed."))
        return redirect(session)
    try:
        made = said(rsvp)
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
    else:
        messages.success(
            request,
            {
                Rsvp.State.GOING: _("They have a seat, and are told."),
                Rsvp.State.WAITING: _("They are on the waiting list, and are told."),
                Rsvp.State.REFUSED: _("They are told that there is no seat."),
            }.get(Rsvp.State(made.state), _("They have changed their mind meanwhile.")),
        )
    return redirect(session)


def plan_of(request: HttpRequest, session: Any, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return what a planned session's page shows of its seats and answers; nothing of others."""
    if session.starts_at is None:
        return {}
    rows = lists.rsvps_of.all(viewer, session=session.pk)
    mine = next((row for row in rows if row.user_id == viewer.user_id), None)
    is_host = viewer.is_member and session.host_id == viewer.user_id
    return {
        "rsvp": mine and {"state": mine.state, "word": mine.get_state_display(),
                          "instrument": mine.instrument},
        "may_answer": permissions.may_answer(viewer, session, mine)
        and (mine is None or mine.state != Rsvp.State.REFUSED)
        and fits(request, session),
        "seat_choices": seat_choices(session),
        "going": _listed(rows, faces, Rsvp.State.GOING),
        "waiting": _listed(rows, faces, Rsvp.State.WAITING),
        "maybe": _listed(rows, faces, Rsvp.State.MAYBE),
        "cant": _listed(rows, faces, Rsvp.State.CANT),
        "pending": _listed(rows, faces, Rsvp.State.PENDING) if is_host else [],
        "refused": _listed(rows, faces, Rsvp.State.REFUSED) if is_host else [],
    }  # fmt: skip


def _listed(rows: list[Any], faces: Faces, state: Rsvp.State) -> list[dict[str, Any]]:
    return [
        {
            "id": row.public_id,
            "person": faces.of(row.user),
            "instrument": str(INSTRUMENTS.get(row.instrument, "")),
        }
        for row in rows
        if row.state == state
    ]


def seat_choices(session: Any) -> list[dict[str, Any]]:
    """Return the wanted seats, each with how many are free; without any, every instrument."""
    if not session.seats:
        pairs = ((slug, str(name)) for slug, name in INSTRUMENTS.items())
        return [{"slug": slug, "name": name} for slug, name in sorted(pairs, key=lambda p: p[1])]
    return [
        {
            "slug": slug,
            "name": str(INSTRUMENTS[slug]),
            "wanted": session.seats.count(slug),
            "free": max(0, session.seats.count(slug) - session.taken.count(slug)),
        }
        for slug in dict.fromkeys(session.seats)
    ]


def seat_form(session: JamSession) -> SeatForm | None:
    """Return what an invitation to a planned session asks: which seat."""
    return SeatForm(seats=session.seats) if session.starts_at is not None else None
