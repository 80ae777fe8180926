"""Pages of sessions: find, open, invite, enter."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.models import User
from accounts.profile.faces import Faces
from bands.queries import my_seats
from foundation.limits import TooMany, spend
from foundation.problems import status_of, too_many_in_words
from privacy.gate.access import can_see, get_visible_or_404
from privacy.gate.viewer import Viewer
from privacy.sharing import previews
from privacy.sharing.view_as import looking
from sessions_app import lists, permissions, room_queries, titles
from sessions_app.forms import SessionAudienceForm, SessionForm
from sessions_app.models import Invite, JamSession
from sessions_app.services import deleting, planning, rooms, rsvps, sessions, timing, waiting
from sessions_app.views import afterwards, hosting, shared
from sessions_app.views.planning import plan_of, said_of, seat_form
from sessions_app.views.presenters import recording_card, session_card, session_preview


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the live sessions that the viewer may see, newest first, their own empty rooms, and what
    is planned.
    """
    viewer = Viewer.looking(request)
    after = request.GET.get("after")
    page: Any = lists.live_sessions.page(viewer, after)
    lists.with_inside(page.items, viewer)
    mine = lists.my_empty_rooms.all(viewer) if viewer.is_member and not after else []
    my_next, coming = ([], []) if after else (lists.my_coming_up(viewer), lists.coming_up(viewer))
    faces = Faces(viewer)
    return render(
        request,
        "sessions/list.html",
        {
            "sessions": [session_card(session, faces) for session in page.items],
            "mine": [session_card(session, faces) for session in mine],
            "my_planned": [session_card(session, faces) for session in my_next],
            "planned": [session_card(session, faces) for session in coming],
            "next_url": page.next_url(request),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    seats = list(my_seats(Viewer.looking(request)).order_by("band__name", "pk"))
    like = request.GET.get("like", "")
    form = SessionForm(
        request.POST or None,
        host=request.user,
        seats=seats,
        band=request.GET.get("band", ""),
        like=afterwards.played_before(request, like) if like else None,
        again=request.GET.get("again") == "week",
    )
    if request.method == "POST" and form.is_valid():
        made = _opened(request, form)
        if made is not None:
            return redirect(made) if made.is_coming else redirect("room", public_id=made.public_id)
    return render(request, "sessions/create.html", {"form": form}, status=status_of(form))


def _opened(request: MemberRequest, form: SessionForm) -> JamSession | None:
    """Open or plan what the form says, or tell on it why that can't be."""
    try:
        return sessions.open_by_hand(request.user, **form.values())
    except sessions.NotInBand:
        form.add_error("band", _("You aren't in this band any more. Nothing was opened."))
    except timing.TooManyPlanned as reason:
        form.add_error(None, str(reason.said))
    except ValidationError as fault:
        form.say(fault)
    except TooMany as error:
        form.add_error(None, too_many_in_words(error))
    return None


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    posing = looking(request, JamSession, owner="host", public_id=public_id)
    if posing.hidden:
        return posing.hidden_page(request)
    viewer = posing.viewer
    session: Any = lists.one_session.first_or_404(viewer, public_id=public_id)
    lists.with_inside([session], viewer)
    seats = lists.players_of.all(viewer, session=session.pk)
    takes = lists.takes_of.all(viewer, session=session.pk)
    is_host = viewer.user_id is not None and session.host_id == viewer.user_id
    mine = next((seat for seat in seats if seat.user_id == viewer.user_id), None)
    # What a block keeps apart from the host hosts nothing with them (services.hosting).
    co_hosts = mine is not None and room_queries.seat_of(mine, None).is_host
    hosts = is_host or (co_hosts and room_queries.is_host(session, viewer.user_id))
    is_full = session.player_count >= session.room_places
    faces = Faces(viewer)
    page = render(
        request,
        "sessions/detail.html",
        {
            "session": session_card(session, faces),
            "posing": posing,
            **afterwards.players(viewer, session, seats, mine, faces),
            "is_host": is_host,
            "may_invite": hosts and permissions.may_invite(viewer, session),
            "may_take_off": permissions.may_take_off(viewer, session),
            "has_seat": mine is not None,
            "is_offered": mine is not None and session.offered_to_id == viewer.user_id,
            "can_join": _has_room(session)
            and permissions.may_join(viewer, session)
            and shared.fits(request, session),
            "is_full": is_full and session.starts_at is None,
            "is_removed": session.is_removed,
            "me": viewer.user_id,
            "hosting": hosting.panel(viewer, session, faces) if hosts else None,
            "invites": shared.invites(request, viewer, session) if hosts else [],
            "recordings": [
                recording_card(take, viewer, faces)
                for take in lists.with_sound_and_players(takes, viewer)
            ],
            "enter_url": reverse("room", args=[session.public_id]),
            "listen_url": shared.listen_url(session),
            "audience_form": SessionAudienceForm(instance=session) if is_host else None,
            "empty_minutes": settings.ROOM_EMPTY_MINUTES,
            "keep_choices": _keep_choices() if is_host else [],
            **plan_of(request, session, viewer, faces),
            **shared.context(request, viewer, session, owned=is_host),
            **previews.context(session, session_preview(session)),
        },
    )
    return previews.ask_robots(page, session)


def _has_room(session: Any) -> bool:
    """Return whether a seat may be offered at all, of a row of `lists.one_session`."""
    shut = session.is_removed or session.is_locked
    return not shut and session.player_count < session.room_places


def _keep_choices() -> list[tuple[int, str]]:
    """Return for how many days a host may keep an empty room open, with the words for it."""
    days = [
        number for number in (1, 3, settings.ROOM_KEPT_DAYS) if number <= settings.ROOM_KEPT_DAYS
    ]
    return [
        (number, ngettext("For a day", "For %(n)d days", number) % {"n": number})
        for number in dict.fromkeys(days)
    ]


_hosted = shared.hosted


@login_required
@require_POST
def change_audience(request: MemberRequest, public_id: str) -> HttpResponse:
    session = _hosted(request, public_id)
    form = SessionAudienceForm(request.POST, instance=session)
    if form.is_valid():
        sessions.change_audience(session, form.cleaned_data["audience"])
        messages.success(request, _("The new audience holds from now on, everywhere."))
    else:
        messages.error(request, _("That is no audience for a session. Nothing was changed."))
    return redirect(session)


@login_required
@require_POST
def take_off_band(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take a session off its band's page: its host, or who runs the band."""
    viewer = Viewer.looking(request)
    session = get_visible_or_404(JamSession, viewer, public_id=public_id)
    if session.band is None or not permissions.may_take_off(viewer, session):
        raise Http404
    band = session.band
    sessions.take_off_band(session)
    messages.success(request, _("It is off the band's page."))
    return redirect(session if session.host_id == viewer.user_id else band)


@login_required
@require_POST
def make_link(request: MemberRequest, public_id: str) -> HttpResponse:
    return shared.make_link(request, _hosted(request, public_id))


@login_required
@require_POST
def make_invite(request: MemberRequest, public_id: str) -> HttpResponse:
    session = hosting.hosted(request, public_id)
    if session.host_id != request.user.pk and not permissions.may_invite(
        Viewer.looking(request), session
    ):
        raise Http404
    spend("invite", str(request.user.pk), limit=60, seconds=3600)
    sessions.invite(session, request.user)
    messages.success(request, _("The invitation is ready: copy its link."))
    if request.POST.get("then") == "room":
        return redirect("room", public_id=session.public_id)
    return redirect(session)


@login_required
@require_POST
def revoke_invite(request: MemberRequest, public_id: str, invite_id: str) -> HttpResponse:
    session = hosting.hosted(request, public_id)
    mine = Invite.objects.filter(session=session)
    sessions.revoke(get_visible_or_404(mine, Viewer.looking(request), public_id=invite_id))
    messages.success(request, _("The invitation no longer works."))
    return redirect(session)


@login_required
@require_POST
def keep_open(request: MemberRequest, public_id: str) -> HttpResponse:
    """Keep a room open with nobody in it: its host's wish, at most for a stated time."""
    session = _hosted(request, public_id)
    try:
        days = int(request.POST.get("days", ""))
    except ValueError:
        days = -1
    if not 0 <= days <= settings.ROOM_KEPT_DAYS:
        messages.error(
            request,
            ngettext(
                "A room stays open for at most a day. Nothing was changed.",
                "A room stays open for at most %(n)d days. Nothing was changed.",
                settings.ROOM_KEPT_DAYS,
            )
            % {"n": settings.ROOM_KEPT_DAYS},
        )
        return redirect(session)
    if not session.is_open:
        messages.error(request, _("This session is closed. Open a new one."))
        return redirect(session)
    rooms.keep_open(session, days)
    said = _("The room stays open.") if days else _("The room closes when nobody has been in it.")
    messages.success(request, said)
    return redirect(session)


@login_required
@require_POST
def close(request: MemberRequest, public_id: str) -> HttpResponse:
    session = _hosted(request, public_id)
    messages.success(request, planning.close(session))
    return redirect(session)


@login_required
@require_POST
def delete(request: MemberRequest, public_id: str) -> HttpResponse:
    """Delete a session that one hosts; who else took part keeps it, without one's words."""
    session = _hosted(request, public_id)
    if deleting.delete_session(session, request.user):
        messages.success(request, _("The session is deleted."))
    else:
        messages.success(
            request, _("The session is deleted. Who else took part keeps that they were there.")
        )
    return redirect("jams")


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's holder sees: the title, who asks, and a seat to take."""
    invitation = sessions.find_invite(token, Viewer.looking(request))
    if invitation is None:
        raise Http404
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return _take_invited(request, invitation, token)
    session = invitation.session
    host = invitation.session.host or invitation.made_by
    response = render(
        request,
        "sessions/invite.html",
        {
            "session_title": titles.of_session(session, host),
            "session": session,
            "form": seat_form(session),
            "host_name": host.username,
            "invited_by": invitation.made_by.username,
            "why_not": sessions.why_no_seat(invitation.session, request.user),
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _take_invited(request: Any, invitation: Invite, token: str) -> HttpResponse:
    """Take a seat by an invitation: of a planned session the one that was chosen, or wait."""
    session, instrument = invitation.session, request.POST.get("instrument", "")
    try:
        if session.starts_at is None:
            sessions.join(session, request.user, invite=invitation)
            return redirect("room", public_id=session.public_id)
        made = rsvps.answer(
            session, request.user, "going", instrument=instrument, invite=invitation
        )
    except sessions.AsksFirst:
        return _ask_to_come_in(request, request.user, session)
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
        return redirect("invite", token=token)
    messages.success(request, said_of(made))
    seen = can_see(Viewer.looking(request), session)
    return redirect(session) if seen else redirect("invite", token=token)


@login_required
@require_POST
def join(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take a seat in a public session."""
    viewer = Viewer.looking(request)
    session = get_visible_or_404(JamSession, viewer, public_id=public_id)
    if not permissions.may_join(viewer, session):
        raise Http404
    try:
        sessions.join(session, request.user)
    except sessions.AsksFirst:
        return _ask_to_come_in(request, request.user, session)
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
        return redirect(session)
    return redirect("room", public_id=session.public_id)


def _ask_to_come_in(request: HttpRequest, user: User, session: JamSession) -> HttpResponse:
    """Have the hosts asked, and wait; where that can't be, say why on the session's page."""
    try:
        waiting.knock(session, user)
    except sessions.NoSeat as reason:
        messages.error(request, str(reason))
        return redirect(session)
    except TooMany as error:
        messages.error(request, too_many_in_words(error).message)
        return redirect(session)
    return redirect("wait_at_jam", public_id=session.public_id)
