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
    row = queries.band_for(viewer, slug)
    takes: Any = lists.recordings_of_band.page(viewer, request.GET.get("after"), band=row.pk)
    jams = lists.sessions_of_band.all(viewer, band=row.pk)
    seats = queries.whole_lineup(viewer, row)
    faces = Faces(viewer)
    members = [seat_row(seat, viewer, faces) for seat in seats]
    mine = next((seat for seat in seats if seat.user_id == viewer.user_id), None)
    own = mine is not None and viewer.real is None
    may_follow = viewer.is_member and viewer.real is None and mine is None
    page = render(
        request,
        "bands/band.html",
        {
            "band": band_page(row, viewer),
            "posing": posing,
            "is_mine": own,
            "runs": own and permissions.may_run(mine),
            "members": [member for member in members if member["name"]],
            "recordings": [
                recording_card(take, viewer, faces)
                for take in lists.with_sound_and_players(takes.items, viewer)
            ],
            "next_url": takes.next_url(request),
            "sessions": [session_card(jam, faces) for jam in jams],
            "rehearses": any(jam.is_standing and jam.is_live for jam in jams),
            "follow": queries.my_follow(viewer, row) if may_follow else None,
            "follow_url": reverse("follow_band", args=[row.slug]) if may_follow else None,
            **_machines(row, {seat.user_id for seat in seats if shown_person(seat, "user")}),
        },
    )
    return previews.ask_robots(page, row)


def _machines(band: Any, named: set[int]) -> dict[str, Any]:
    """Return what machines are told: of a band that anybody may see, what anybody sees of it.

    The page names nobody there whom it doesn't name to who looks at it.
    """
    if not band.for_anyone:
        return previews.context(band, band_preview(band))
    open_seats = queries.whole_lineup(NOBODY, band)
    seats = [seat for seat in open_seats if seat.user_id in named]
    return previews.context(band, band_preview(band, queries.public_face(band), seats))
