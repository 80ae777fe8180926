"""The page of a band: who is in it, what it plays, and what it has recorded."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.identity.queries import shown_person
from accounts.profile.faces import Faces
from bands import permissions, queries
from bands.models import Band
from bands.views.presenters import band_page, band_preview, seat_row
from privacy.gate.viewer import NOBODY
from privacy.sharing import previews
from privacy.sharing.view_as import OF_A_BAND, looking
from sessions_app import lists
from sessions_app.views.presenters import recording_card, session_card


@require_safe
def band(request: HttpRequest, slug: str) -> HttpResponse:
    """A band, as this viewer may see it."""
    posing = looking(request, Band, owner="memberships__user", offers=OF_A_BAND, slug=slug)
    if posing.hidden:
        return posing.hidden_page(request)
    viewer = posing.viewer
    found = queries.band_for(viewer, slug)
    takes: Any = lists.recordings_of_band.page(viewer, request.GET.get("after"), band=found.pk)
    jams = lists.sessions_of_band.all(viewer, band=found.pk)
    seats = list(queries.lineup(viewer, found)[: queries.LINEUP])
    faces = Faces(viewer)
    members = [seat_row(one, viewer, faces) for one in seats]
    mine = next((one for one in seats if one.user_id == viewer.user_id), None)
    own = mine is not None and viewer.real is None
    may_follow = viewer.is_member and viewer.real is None and mine is None
    page = render(
        request,
        "bands/band.html",
        {
            "band": band_page(found, viewer),
            "posing": posing,
            "is_mine": own,
            "runs": own and permissions.may_run(mine),
            "members": [one for one in members if one["name"]],
            "recordings": [
                recording_card(take, viewer, faces)
                for take in lists.with_sound_and_players(takes.items, viewer)
            ],
            "next_url": takes.next_url(request),
            "sessions": [session_card(one, faces) for one in jams],
            "follow": queries.my_follow(viewer, found) if may_follow else None,
            "follow_url": reverse("follow_band", args=[found.slug]) if may_follow else None,
            **_machines(found, {one.user_id for one in seats if shown_person(one, "user")}),
        },
    )
    return previews.ask_robots(page, found)


def _machines(found: Any, named: set[int]) -> dict[str, Any]:
    """Return what machines are told: of a band that anybody may see, what anybody sees of it.

    The page names nobody there whom it doesn't name to who looks at it.
    """
    if not found.for_anyone:
        return previews.context(found, band_preview(found))
    open_seats = queries.lineup(NOBODY, found)[: queries.LINEUP]
    seats = [one for one in open_seats if one.user_id in named]
    return previews.context(found, band_preview(found, queries.public_face(found), seats))
