"""What templates and the API are given about people: plain values, the same names everywhere."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.profile import prose
from accounts.profile.models import FIELDS, Profile
from accounts.profile.services.photos import SIZES
from accounts.profile.vocabulary import (
    GENRES,
    INSTRUMENTS,
    Level,
    Role,
    country_name,
    language_name,
    names,
)
from foundation.addresses import absolute
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.media import url_for
from privacy.sharing.previews import Preview

TOLD = 200  # characters of a text that a link preview shows


def person_preview(user: User, face: Profile | None = None) -> Preview:
    """Return what link previews tell of a person.

    Without `face` the username, which anybody sees; `face` is `queries.public_face`.
    """
    path = reverse("profile", args=[user.username])
    about = prose.plain(face.bio, TOLD) if face else ""
    return Preview(
        title=(face.stage_name if face else "") or user.username,
        text=about or _("Musician on %(site)s.") % {"site": settings.SITE_NAME},
        path=path,
        author=user.username,
        author_path=path,
        kind="profile",
        image=absolute(url_for(face, "photo", NOBODY)) if face and face.photo else "",
        data=person_data(user, face) if face else None,
    )


def person_data(user: User, face: Profile) -> dict[str, Any]:
    """Return a person in the words of schema.org, of what anybody sees."""
    told = {
        "alternateName": user.username if face.stage_name else None,
        "description": prose.plain(face.bio, TOLD) if face.bio else None,
        "image": absolute(url_for(face, "photo", NOBODY)) if face.photo else None,
        "sameAs": list(face.links) or None,
        "knowsAbout": _known_names(face) or None,
        "knowsLanguage": list(face.languages) or None,
        "address": _postal_address(face) if face.country else None,
        "gender": face.gender or None,
        "birthDate": face.birthday.isoformat() if face.birthday else None,
        "telephone": face.phone or None,
    }
    return {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": face.stage_name or user.username,
        "url": absolute(reverse("profile", args=[user.username])),
        **{name: value for name, value in told.items() if value is not None},
    }


def _postal_address(face: Profile) -> dict[str, str]:
    town = {"addressLocality": face.town} if face.town else {}
    return {"@type": "PostalAddress", "addressCountry": face.country, **town}


def _known_names(profile: Any) -> list[str]:
    """Return what somebody plays, and their genres."""
    played = [one.instrument for one in profile.instruments if one.instrument in INSTRUMENTS]
    genres = names(GENRES, profile.genres)
    return [*(str(INSTRUMENTS[one]) for one in played), *(one["name"] for one in genres)]


def present_person(profile: Any, viewer: Viewer) -> dict[str, Any]:
    """Return what is shown of a person; `profile` has its hidden fields emptied."""
    user = profile.user
    is_me = viewer.user_id == user.pk
    return {
        "username": user.username,
        "public_id": user.public_id,
        "name": profile.stage_name or user.username,
        "stage_name": profile.stage_name,
        "initials": (profile.stage_name or user.username)[:2].upper(),
        **photo_urls(profile, viewer),
        "bio": profile.bio,
        "bio_html": prose.html(profile.bio),
        "status": profile.status,
        "available_until": profile.available_until if profile.is_available else None,
        "roles": [{"slug": one.value, "name": str(one.label)} for one in Role
                  if one.value in profile.roles],
        "instruments": instruments(profile),
        "genres": names(GENRES, profile.genres),
        "languages": [{"code": one, "name": language_name(one)} for one in profile.languages],
        "place": place(profile),
        "links": [{"url": one, "name": link_name(one)} for one in profile.links],
        "phone": profile.phone,
        "birthday": profile.birthday,
        "gender": profile.gender,
        "joined": user.date_joined,
        "is_me": is_me,
        "audiences": {name: getattr(profile, f"{name}_audience") for name in FIELDS}
        if is_me
        else None,
    }  # fmt: skip


def photo_urls(profile: Profile, viewer: Viewer) -> dict[str, Any]:
    """Return the addresses of a photo in its sizes, and as a `srcset`; empty ones without any."""
    urls = {
        column: url_for(profile, column, viewer) for column in SIZES if getattr(profile, column)
    }
    sources = [f"{url} {SIZES[column]}w" for column, url in urls.items()]
    return {
        "photo_url": urls.get("photo"),
        "photo_middle_url": urls.get("photo_middle", urls.get("photo")),
        "photo_small_url": urls.get("photo_small", urls.get("photo")),
        "photo_srcset": ", ".join(sources) if len(sources) > 1 else "",
    }


def instruments(profile: Any) -> list[dict[str, Any]]:
    return [
        {
            "slug": one.instrument,
            "name": str(INSTRUMENTS[one.instrument]),
            "level": one.level,
            "level_name": str(Level(one.level).label),
        }
        for one in profile.instruments
        if one.instrument in INSTRUMENTS
    ]


def place(profile: Profile) -> dict[str, Any] | None:
    if not profile.country:
        return None
    country = country_name(profile.country)
    return {
        "country": profile.country,
        "country_name": country,
        "town": profile.town,
        "words": f"{profile.town}, {country}" if profile.town else country,
    }


def link_name(url: str) -> str:
    """Return an address as people read it: host and path, without what machines add."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    name = f"{(parts.hostname or '').removeprefix('www.')}{path}"
    return name if len(name) <= 40 else f"{name[:39]}…"


def present_found(profile: Any, viewer: Viewer) -> dict[str, Any]:
    """Return a person as a list of musicians shows them; `profile` is concealed."""
    username = profile.user.username
    return {
        "public_id": profile.user.public_id,
        "username": username,
        "name": profile.stage_name or username,
        "stage_name": profile.stage_name,
        "initials": (profile.stage_name or username)[:2].upper(),
        "photo_url": photo_urls(profile, viewer)["photo_middle_url"],
        "status": profile.status,
        "available_until": profile.available_until if profile.is_available else None,
        "instruments": instruments(profile),
        "genres": names(GENRES, profile.genres),
        "languages": [{"code": one, "name": language_name(one)} for one in profile.languages],
        "place": place(profile),
        "url": reverse("profile", args=[username]),
    }
