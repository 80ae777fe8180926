"""What templates and the API are given about people: plain values, the same names everywhere."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.profile import prose
from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.fields.kinds import TOLD
from accounts.profile.models import FIELDS, Profile
from accounts.profile.values import instruments, photo_urls, place
from accounts.profile.vocabulary import GENRES, language_name, names
from foundation.addresses import absolute
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.media import url_for
from privacy.sharing.previews import Preview


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
    about: dict[str, Any] = {"alternateName": user.username} if face.stage_name else {}
    for field in PROFILE_FIELDS.values():
        for name, value in field.linked(face).items():
            about[name] = [*about.get(name, ()), *value] if isinstance(value, list) else value
    return {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": face.stage_name or user.username,
        "url": absolute(reverse("profile", args=[user.username])),
        **about,
    }


def present_person(profile: Any, viewer: Viewer) -> dict[str, Any]:
    """Return what is shown of a person; `profile` has its hidden fields emptied."""
    user = profile.user
    is_me = viewer.user_id == user.pk
    fields: dict[str, Any] = {}
    for field in PROFILE_FIELDS.values():
        fields |= field.shown(profile, viewer)
    return {
        **fields,
        "username": user.username,
        "public_id": user.public_id,
        "name": profile.stage_name or user.username,
        "initials": (profile.stage_name or user.username)[:2].upper(),
        "joined": user.date_joined,
        "is_me": is_me,
        "audiences": {name: getattr(profile, f"{name}_audience") for name in FIELDS}
        if is_me
        else None,
    }


def present_about(person: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what the page of a person shows below its head, of what `present_person` gave.

    `sections` stand by themselves, `facts` are lines of one list; each has its `audience` for
    whose page it is.
    """
    parts = list(_told(person))
    lines = {"fact", "phone"}
    return {
        "sections": [part for part in parts if part["shows"] not in lines],
        "facts": [part for part in parts if part["shows"] in lines],
    }


def _told(person: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for field in PROFILE_FIELDS.values():
        value = field.on_page(person) if field.shows else None
        if value or (field.shows == "prose" and person["is_me"]):
            yield {
                "name": field.name,
                "heading": field.heading or field.label,
                "shows": field.shows,
                "value": value,
                "audience": person["audiences"][field.name]
                if person["audiences"] and value
                else None,
            }


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
        "languages": [
            {"code": language, "name": language_name(language)} for language in profile.languages
        ],
        "place": place(profile),
        "url": reverse("profile", args=[username]),
    }
