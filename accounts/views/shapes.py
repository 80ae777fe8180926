"""What templates are given about people: plain values, the same names on every page."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Profile, User
from privacy.media import url_for
from privacy.previews import Preview
from privacy.viewer import Viewer


def person_preview(user: User) -> Preview:
    """Return what link previews tell of a person: the username, which anybody sees."""
    return Preview(
        title=user.username,
        text=_("Musician on %(site)s.") % {"site": settings.SITE_NAME},
        path=reverse("profile", args=[user.username]),
        author=user.username,
        author_path=reverse("profile", args=[user.username]),
        kind="profile",
    )


def person_shape(profile: Profile, viewer: Viewer) -> dict[str, Any]:
    """Return what is shown of a person; `profile` has its hidden fields emptied."""
    user = profile.user
    return {
        "username": user.username,
        "public_id": user.public_id,
        "initials": user.username[:2].upper(),
        "photo_url": url_for(profile, "photo", viewer) if profile.photo else None,
        "bio": profile.bio,
        "status": profile.status,
        "joined": user.date_joined,
        "is_me": viewer.user_id == user.pk,
    }
