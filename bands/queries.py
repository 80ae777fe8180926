"""Named lists of bands and of who is in them, each with a constant query count."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import JSONObject

from accounts.identity.queries import naming
from accounts.profile.vocabulary import GENRES
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.privacy import FIELDS
from foundation.paging import Page, newest_first
from foundation.postgres.statements import Gap
from privacy.gate import compiled
from privacy.gate.access import get_visible_or_404, visible, with_visible_fields
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.previews import previewed

LINEUP = 60  # as many as a band may have


def bands(viewer: Viewer) -> QuerySet[Band]:
    """Return the bands that the viewer may see; `emptied` hides what they may not of each."""
    return with_visible_fields(Band, viewer)


def bands_in(viewer: Viewer, genre: str) -> QuerySet[Band]:
    """Return the bands of a genre (all, without one): those whose genres the viewer may see."""
    rows = bands(viewer)
    if genre not in GENRES:
        return rows
    condition = compiled.field_rows_for(Band, "genres", viewer)
    return rows.filter(condition, genres__contains=[genre])


_BANDS = GatedPages(bands)


def page_of_bands(viewer: Viewer, genre: str, after: str | None) -> Page[Any]:
    """Return a page of `bands_in`."""
    if genre in GENRES:
        return newest_first(bands_in(viewer, genre), after)
    return _BANDS.page(viewer, after)


def emptied(band: Band) -> Band:
    """Empty the fields of a band (from `bands`) that this viewer may not see."""
    for name in FIELDS:
        if not getattr(band, f"sees_{name}"):
            setattr(band, name, [] if name in {"genres", "links"} else "")
    return band


_BAND = GatedStatement(
    lambda viewer: with_visible_fields(previewed(Band.objects.all()), viewer).filter(
        slug=Gap("slug", TextField())
    )
)
_LINEUP = GatedStatement(lambda viewer: lineup(viewer, Gap("band"))[:LINEUP])


def band_for(viewer: Viewer, slug: str) -> Band:
    """Return a band as this viewer sees it, or raise the Http404 of a missing one."""
    return emptied(_BAND.first_or_404(viewer, slug=slug))


def public_face(band: Band) -> Band:
    """Return a band that anybody may see as anybody sees it: what machines are told."""
    return emptied(with_visible_fields(Band.objects.filter(pk=band.pk), NOBODY).get())


def find_band(viewer: Viewer, slug: str) -> Band:
    return get_visible_or_404(Band, viewer, slug=slug)


def whole_lineup(viewer: Viewer, band: Band) -> list[BandMember]:
    """Return all of `lineup`."""
    return _LINEUP.all(viewer, band=band.pk)


def lineup(viewer: Viewer, band: Any) -> QuerySet[BandMember]:
    """Return who is in a band (a key), as far as the viewer may know; `naming`: who they are."""
    rows = visible(BandMember, viewer).filter(band=band)
    return naming(rows, viewer, "user").order_by("since", "pk")


def my_seat(viewer: Viewer, band: Band) -> BandMember | None:
    """Return the viewer's own seat in a band."""
    if not viewer.is_member:
        return None
    return visible(BandMember, viewer).filter(band=band, user=viewer.user_id).first()


def my_seats(viewer: Viewer) -> QuerySet[BandMember]:
    """Return the viewer's own seats, each with its band."""
    return visible(BandMember, viewer).filter(user=viewer.user_id).select_related("band")


def invites_to(viewer: Viewer) -> QuerySet[BandInvite]:
    """Return the invitations that wait for the viewer's answer."""
    rows = visible(BandInvite, viewer).filter(invited=viewer.user_id).select_related("band")
    return naming(rows, viewer, "made_by").order_by("-created_at", "-pk")[:50]


def invites_of(viewer: Viewer, band: Band) -> QuerySet[BandInvite]:
    """Return the invitations of a band that wait, for who runs it."""
    rows = visible(BandInvite, viewer).filter(band=band)
    return naming(rows, viewer, "invited").order_by("-created_at", "-pk")


def followers(viewer: Viewer, band: Band) -> QuerySet[BandFollow]:
    rows = visible(BandFollow, viewer).filter(band=band, state=BandFollow.State.ACCEPTED)
    return naming(rows, viewer, "follower")


def follow_requests(viewer: Viewer, band: Band, most: int = 50) -> QuerySet[BandFollow]:
    """Return who waits for the band's answer, longest first."""
    rows = visible(BandFollow, viewer).filter(band=band, state=BandFollow.State.REQUESTED)
    return naming(rows, viewer, "follower").order_by("created_at", "pk")[:most]


def my_follow(viewer: Viewer, band: Band) -> BandFollow | None:
    if not viewer.is_member:
        return None
    return visible(BandFollow, viewer).filter(band=band, follower=viewer.user_id).first()


def followed(viewer: Viewer) -> QuerySet[BandFollow]:
    """Return the viewer's follows of bands that they may still see."""
    mine = visible(BandFollow, viewer).filter(follower=viewer.user_id)
    return mine.filter(band__in=visible(Band, viewer).values("pk")).select_related("band")


def band_of(viewer: Viewer, column: str = "band") -> Subquery:
    """Return name and address of the band that a column names, or null: for lists of its things.

    Whoever may not see the band isn't told of it by what is the band's.
    """
    band_rows = visible(Band, viewer).filter(pk=OuterRef(column)).order_by()
    named: Any = band_rows.values(shape=JSONObject(name="name", slug="slug"))
    return Subquery(named[:1])
