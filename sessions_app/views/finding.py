"""Finding a session: by when, who is wanted, what is played, with whom."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.discovery.views import looks_for_strangers
from accounts.identity.member_request import MemberRequest
from accounts.profile.faces import Faces
from foundation.limits import TooMany
from foundation.middleware import reads_words
from foundation.paging import Page
from foundation.problems import too_many_in_words
from privacy.gate.viewer import Viewer
from sessions_app import finding, lists
from sessions_app.find_form import FindJamForm
from sessions_app.services import tonight
from sessions_app.views.presenters import findable_card

WITH_FACES = {"inside", "seated", "host"}
LIST = "list"  # `part` of the page that is asked for again and again


@reads_words
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """List sessions that are live or to come and are what is looked for.

    `?part=list`: the lists alone, or 304 while they are what the caller has.
    """
    viewer = Viewer.looking(request)
    form = FindJamForm(request.GET, is_member=viewer.is_member)
    found = _found(request, viewer, form) if form.is_valid() else {}
    said = _said(request, form) if form.is_valid() else []
    if request.GET.get("part") == LIST:
        return _fragment(request, {**found, "said": said})
    here = request.GET.copy()
    here["part"] = LIST
    context = {
        **found,
        "form": form,
        "said": said,
        "part_url": f"{request.path}?{here.urlencode()}" if "after" not in here else "",
        "may_play_tonight": viewer.is_member and looks_for_strangers(request.user),
        "noindex": True,
    }
    response = render(request, "sessions/find.html", context, status=422 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _found(request: HttpRequest, viewer: Viewer, form: FindJamForm) -> dict[str, Any]:
    """Return both lists as the page shows them: of the one that goes on, the page behind it."""
    wanted, after = form.wanted(), request.GET.get("after")
    nothing: Page[Any] = Page([], None)
    only_live = wanted.when == finding.NOW
    live = coming = nothing
    if only_live:
        live = finding.live(viewer, wanted, after)
    elif not wanted.only_planned and not after:
        live = finding.live(viewer, wanted, size=finding.LIVE)
    if not (only_live and after):
        coming = finding.coming(viewer, wanted, None if only_live else after)
    faces = Faces(viewer)
    lists.with_inside([*live.items, *coming.items], viewer)
    lists.with_seated([*live.items, *coming.items], viewer)
    return {
        "live": [findable_card(session, viewer, faces) for session in live.items],
        "coming": [findable_card(session, viewer, faces) for session in coming.items],
        "more_live": bool(live.after) and not only_live,
        "live_next": live.next_url(request) if only_live else None,
        "coming_next": None if only_live else coming.next_url(request),
        "now_url": _with(request, when=finding.NOW),
    }


def _with(request: HttpRequest, **changed: str) -> str:
    """Return the address of this page with something else looked for."""
    query = request.GET.copy()
    for name in ("after", "part"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _said(request: HttpRequest, form: FindJamForm) -> list[dict[str, str]]:
    """Return each thing that is looked for, with the address that looks without it."""
    said = []
    for name, words in form.said():
        query = request.GET.copy()
        for gone in ("after", "part", name, *(["when"] if name == "day" else [])):
            query.pop(gone, None)
        said.append({"words": words, "url": f"{request.path}?{query.urlencode()}"})
    return said


def _fragment(request: HttpRequest, found: dict[str, Any]) -> HttpResponse:
    """Return the lists alone; 304 where they are what they were."""
    tag = f'"{_tag_of(found)}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "sessions/found.html", found)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _tag_of(found: dict[str, Any]) -> str:
    """Return a hash of what is shown; addresses of photos are others each time."""
    shown = [
        [str(value) for name, value in sorted(card.items()) if name not in WITH_FACES]
        + [face.username for face in card["inside"]]
        + [f"{seat['face'].username}-{seat['instrument']}" for seat in card["seated"]]
        for card in (*found.get("live", ()), *found.get("coming", ()))
    ]
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=12).hexdigest()


@login_required
@require_POST
def play_tonight(request: MemberRequest) -> HttpResponse:
    """Go into the best open room, or into a new one that people open to jam are asked to."""
    if not looks_for_strangers(request.user):
        raise Http404
    try:
        evening = tonight.play(request.user)
    except TooMany as error:
        messages.error(request, too_many_in_words(error).message)
        return redirect("find_jams")
    if evening.is_new:
        messages.success(
            request,
            _("No room was open for you, so this one is yours. People open to jam are asked to it.")
            if evening.asks
            else _("No room was open for you, so this one is yours. Who looks for one finds it."),
        )
    return redirect("room", public_id=evening.session.public_id)
