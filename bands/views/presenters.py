"""What templates are given about bands: plain values, the same names on every page."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.queries import shown_person
from accounts.profile import prose
from accounts.profile.faces import Faces
from accounts.profile.values import link_name
from accounts.profile.vocabulary import GENRES, names
from bands.models import Band, BandFollow, BandInvite, BandMember
from foundation.addresses import absolute
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.media import url_for
from privacy.sharing.previews import Preview

TOLD = 200  # characters of a text that a link preview shows


def band_card(band: Band, viewer: Viewer) -> dict[str, Any]:
    """Return what a list shows of a band whose hidden fields are emptied."""
    return {
        "name": band.name,
        "slug": band.slug,
        "url": band.get_absolute_url(),
        "audience": band.audience,
        "photo_url": url_for(band, "photo", viewer) if band.photo else None,
        "genres": [genre["name"] for genre in names(GENRES, band.genres)],
    }


def band_page(band: Band, viewer: Viewer) -> dict[str, Any]:
    """Return what the band's own page shows."""
    return {
        **band_card(band, viewer),
        "about": band.about,
        "about_html": prose.html(band.about),
        "links": [{"url": link, "words": link_name(link)} for link in band.links],
        "since": band.created_at,
        "approves_followers": band.approves_followers,
    }


def seat_row(seat: BandMember, viewer: Viewer, faces: Faces) -> dict[str, Any]:
    """Return a member as a page names them (from `queries.lineup`); nameless behind a deny rule."""
    person = shown_person(seat, "user")
    return {
        "name": person.username if person else "",
        "url": reverse("profile", args=[person.username]) if person else "",
        "face": faces.of(person) if person else None,
        "role": seat.role,
        "role_word": seat.get_role_display(),
        "plays": seat.plays if person else "",
        "is_me": seat.user_id == viewer.user_id,
        "public_id": seat.public_id,
        "audience": seat.audience,
    }


def own_band(seat: BandMember) -> dict[str, Any]:
    """Return a band as one of its members, or a person's page, lists it."""
    return {
        "name": seat.band.name,
        "url": seat.band.get_absolute_url(),
        "slug": seat.band.slug,
        "audience": seat.band.audience,
        "role": seat.role,
        "role_word": seat.get_role_display(),
        "plays": seat.plays,
    }


def of_person(seat: dict[str, str]) -> dict[str, str]:
    """Return a band as a person's page lists it."""
    return {**seat, "url": reverse("band", args=[seat["slug"]])}


def invite_row(invite: BandInvite) -> dict[str, Any]:
    """Return an invitation for who was asked."""
    by = shown_person(invite, "made_by")
    return {
        "name": invite.band.name,
        "url": invite.band.get_absolute_url(),
        "by": by.username if by else "",
        "expires_at": invite.expires_at,
        "answer_url": reverse("band_invite", args=[invite.public_id]),
        "public_id": invite.public_id,
    }


def named_row(row: BandInvite | BandFollow, person: str) -> dict[str, Any]:
    """Return an invitation or a follow for who runs the band: whom it is about."""
    user = shown_person(row, person)
    return {
        "name": user.username if user else _("Somebody you can't see"),
        "url": reverse("profile", args=[user.username]) if user else "",
        "public_id": row.public_id,
    }


def band_preview(band: Band, face: Band | None = None, seats: Any = ()) -> Preview:
    """Return what link previews tell of a band that anybody may see.

    Without `face` its name; `face` is `queries.public_face`, `seats` whom anybody may know of.
    """
    about = prose.plain(face.about, TOLD) if face else ""
    path = band.get_absolute_url()
    return Preview(
        title=band.name,
        text=about or _("A band on %(site)s.") % {"site": settings.SITE_NAME},
        path=path,
        author=band.name,
        author_path=path,
        kind="profile",
        image=absolute(url_for(face, "photo", NOBODY)) if face and face.photo else "",
        data=band_data(face, seats) if face else None,
    )


def band_data(face: Band, seats: Any) -> dict[str, Any]:
    """Return a band in the words of schema.org, of what anybody sees."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MusicGroup",
        "name": face.name,
        "url": absolute(face.get_absolute_url()),
    }
    if face.about:
        data["description"] = prose.plain(face.about, TOLD)
    if face.photo:
        data["image"] = absolute(url_for(face, "photo", NOBODY))
    if face.genres:
        data["genre"] = [genre["name"] for genre in names(GENRES, face.genres)]
    if face.links:
        data["sameAs"] = list(face.links)
    people = [person for seat in seats if (person := shown_person(seat, "user"))]
    if people:
        data["member"] = [
            {
                "@type": "Person",
                "name": person.username,
                "url": absolute(reverse("profile", args=[person.username])),
            }
            for person in people
        ]
    return data
