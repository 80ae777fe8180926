"""What every page shows of the person who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from privacy.gate.viewer import Viewer
from privacy.sharing.media import url_for


def me(request: HttpRequest) -> dict[str, Any]:
    """Give `my_face`: name and photo for the header. The profile came with the person."""
    return {"my_face": SimpleLazyObject(lambda: _me(request))}


def _me(request: HttpRequest) -> dict[str, str]:
    user: Any = request.user
    profile = getattr(user, "profile", None)
    if profile is None or not user.is_present:
        return {"name": user.get_username(), "photo_url": ""}
    part = "photo_small" if profile.photo_small else "photo"
    photo = url_for(profile, part, Viewer.looking(request)) if profile.photo else ""
    return {"name": profile.stage_name or user.get_username(), "photo_url": photo}
