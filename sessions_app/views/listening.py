"""Listening to a public session live: page, playlists, sound; and what is sent for it."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Faces
from foundation import limits
from foundation.held import Held, may_hold
from foundation.problems import problem, problem_response
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Via, Viewer
from sessions_app import lists, presence, stream_queries
from sessions_app.live import fmp4, packets, playlist, store
from sessions_app.live.store import Stream
from sessions_app.live.waiting import moves
from sessions_app.models import JamSession
from sessions_app.queries import met_in_room, players_of
from sessions_app.services import streams
from sessions_app.services.recording import Refused
from sessions_app.views.presenters import session_card

SOUND = "audio/mp4"


@require_safe
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a session's listeners; its part that changes alone with `?part=now`."""
    viewer = Viewer.looking(request)
    rows = stream_queries.with_listeners(viewer)
    found = get_visible_or_404(rows, viewer, public_id=public_id)
    now = _now(viewer, found)
    if request.GET.get("part") == "now":
        return render(request, "sessions/listen_now.html", now)
    session: Any = lists.one_session.first_or_404(viewer, public_id=public_id)
    context = {"session": session_card(session, Faces(viewer)), **now}
    answer = render(request, "sessions/listen.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _now(viewer: Viewer, session: JamSession) -> dict[str, Any]:
    """Return what goes on: whether something is sent that the viewer may hear, and who plays."""
    stream = store.of(session.pk) if session.is_live else None
    if stream is not None and not stream_queries.hears(viewer, stream):
        stream = None
    faces = Faces(viewer)
    heard = stream.voices & _inside(session) if stream else frozenset()
    seats = players_of(viewer, session.pk).filter(user__in=heard) if heard else []
    return {
        "live_session": session,
        "on": stream is not None and stream.have > 0,
        "is_live": session.is_live,
        "players": [faces.of(seat.user) for seat in seats],
        "listeners": store.listeners(session.pk) if stream else 0,
        "server_ms": int(timezone.now().timestamp() * 1000),
    }


def _inside(session: JamSession) -> set[int]:
    peers = presence.inside([session.pk]) or {}
    return {peer.user_id for peer in peers.get(session.pk, ())}


# Playlists and sound ----------------------------------------------------------------------


@require_safe
def multivariant(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin to listen: the playlist that names the other, with a number for this listener."""
    session, _stream = stream_queries.live(_viewer(request), public_id)
    network = limits.network_of(request)
    limits.spend("stream-start", network, limit=limits.STREAM_STARTS, seconds=60)
    ear = secrets.token_hex(8)
    address = f"opus.m3u8?ear={ear}{_sealed(session, ear)}"
    return HttpResponse(playlist.multivariant(address), content_type=playlist.CONTENT_TYPE)


def _sealed(session: JamSession, ear: str) -> str:
    about = f"{session.pk}:{ear}"
    sealed = salted_hmac("sessions.listen", about, secret=settings.SECRET_KEY, algorithm="sha256")
    return sealed.hexdigest()[:16]


@require_safe
def media(request: HttpRequest, public_id: str) -> HttpResponse:
    """The playlist of segments and parts; asked for in advance, it comes when there are as many."""
    session, stream = stream_queries.live(_viewer(request), public_id)
    try:
        wanted = _wanted(request, stream)
    except ValueError:
        said = _("There is no such part yet.")
        return problem_response(request, 400, said)
    ear = request.GET.get("ear", "")
    if not constant_time_compare(ear[16:], _sealed(session, ear[:16])):
        raise Http404
    if not store.hear(session.pk, ear[:16], limits.STREAM_LISTENERS):
        return _full(request)
    if stream.have < wanted and may_hold(request):
        return Held(lambda: moves(session.pk, stream.version, wanted))
    return HttpResponse(playlist.media(stream), content_type=playlist.CONTENT_TYPE)


def _wanted(request: HttpRequest, stream: Stream) -> int:
    """Return how many parts are asked for in advance. Raises ValueError."""
    segment, part = request.GET.get("_HLS_msn"), request.GET.get("_HLS_part")
    if segment is None:
        if part is not None:
            raise ValueError(part)
        return 1
    number = playlist.wanted(stream, _number(segment), None if part is None else _number(part))
    if number is None:
        raise ValueError(segment)
    return number


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise ValueError(text)
    return int(text)


def _full(request: HttpRequest) -> HttpResponse:
    said = _("As many people listen as can at a time. Try again in a moment.")
    answer = problem_response(request, 503, said)
    answer["Retry-After"] = "10"
    return answer


@require_safe
def beginning(request: HttpRequest, public_id: str) -> HttpResponse:
    """What every part needs before it: the same for all streams."""
    stream_queries.live(_viewer(request), public_id)
    return HttpResponse(fmp4.beginning(), content_type=SOUND)


@require_safe
def sound(
    request: HttpRequest, public_id: str, version: int, number: int, count: int
) -> HttpResponse:
    """A part, or a segment: so many of them. The next part is waited for."""
    session, stream = stream_queries.live(_viewer(request), public_id)
    if stream.version != version:
        raise Http404
    first = number * count
    if first + count == stream.have + 1 and may_hold(request):
        return Held(lambda: moves(session.pk, version, number + 1))
    found = store.piece(stream, first, count)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type=SOUND)


def _viewer(request: HttpRequest) -> Viewer:
    return Viewer.looking(request, Via.MEDIA)


@login_required
@require_POST
def react(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show the players that somebody likes what they hear; whose it is, is told to nobody."""
    session, _stream = stream_queries.live(Viewer.looking(request), public_id)
    try:
        streams.react(session, request.user, request.POST.get("kind", ""))
    except Refused as why:
        return problem_response(request, 422, str(why))
    if request.headers.get("Accept", "").startswith("application/json"):
        return HttpResponse(status=204)
    return redirect("listen", public_id=public_id)


# Sending ----------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD"])
def parts(request: MemberRequest, public_id: str) -> HttpResponse:
    """Say how the stream that one sends stands."""
    _session, stream = _sent(request, public_id)
    return JsonResponse(_standing(request, stream))


@login_required
@require_http_methods(["PUT"])
def part(request: MemberRequest, public_id: str, version: int, number: int) -> HttpResponse:
    """Take a part of the stream that one sends. The same again is answered likewise.

    409: its version is over, or it fits neither the others nor the time; the answer says how the
    stream stands (`version`, `voices`). 413, 422: no packets of one part. 429: too many.
    """
    session, stream = _sent(request, public_id)
    limits.STREAM_PARTS.spend(request.user.pk)
    if stream.version != version:
        return _conflict(request, stream, "stale")
    if number > stream.have + store.AHEAD:
        return _conflict(request, stream, "ahead")
    if int(request.META.get("CONTENT_LENGTH") or 0) > packets.LARGEST:
        return problem_response(request, 413, _("A part of a stream is smaller than that."))
    try:
        fragment = fmp4.fragment(number, packets.read(request.body))
    except packets.BadPart as why:
        return problem_response(request, 422, str(why))
    became, have = store.add(stream, number, fragment)
    if became not in {"new", "same"}:
        return _conflict(request, stream, became)
    count = store.listeners(session.pk)
    if count != stream.told and number % 5 == 0:
        store.told(session.pk, count)
        streams.tell_room(session)
    return JsonResponse({"have": have, "listeners": count})


def _sent(request: MemberRequest, public_id: str) -> tuple[JamSession, Stream]:
    """Return a session and its stream for who sends it, held against the rows; or Http404."""
    session = get_visible_or_404(JamSession, Viewer.looking(request), public_id=public_id)
    stream = streams.settle(session)
    if stream is None or stream.sender != request.user.pk:
        raise Http404
    return session, stream


def _conflict(request: MemberRequest, stream: Stream, reason: str) -> HttpResponse:
    said = _("This part doesn't fit the stream as it stands.")
    about = problem(409, said, reason=reason, **_standing(request, stream))
    return JsonResponse(about, status=409, content_type="application/problem+json")


def _standing(request: MemberRequest, stream: Stream) -> dict[str, Any]:
    faces = met_in_room(Viewer.looking(request), stream.voices - {request.user.pk})
    voices = sorted(face.public_id for face in faces.values())
    return {
        "version": stream.version,
        "have": stream.have,
        "voices": [*voices, str(request.user.public_id)],
    }
