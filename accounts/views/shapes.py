"""What templates are given about people: plain values, the same names on every page."""

from typing import Any

from accounts.models import Profile
from privacy.media import url_for
from privacy.viewer import Viewer


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
