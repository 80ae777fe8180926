"""Named lists of people. Each has a constant query count."""

from typing import Any

from accounts.models import Profile, User
from privacy.access import get_visible_or_404, with_visible_fields
from privacy.viewer import Viewer


def profile_for(viewer: Viewer, username: str) -> Profile:
    """Return a person's profile as this viewer sees it: hidden fields are emptied.

    Raises Http404 (or Gone) when there is nobody to see.
    """
    person = get_visible_or_404(User, viewer, username__iexact=username)
    rows = with_visible_fields(Profile.objects.filter(user=person), viewer)
    profile = rows.get()
    profile.user = person
    for name in ("photo", "bio", "status"):
        if not getattr(profile, f"sees_{name}"):
            setattr(profile, name, "")
    return profile


def my_profile(user: Any) -> Profile:
    """Return the signed-in person's own profile, whole."""
    return Profile.objects.select_related("user").get(user=user)


def find_person(viewer: Viewer, username: str) -> User:
    """Return a person by username, or raise the same Http404 for hidden and missing."""
    return get_visible_or_404(User, viewer, username__iexact=username)
