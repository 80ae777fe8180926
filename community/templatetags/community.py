"""Template tags of the community app."""

from typing import Any

from django import template

from community import queries
from privacy.gate.viewer import Viewer

register = template.Library()


@register.simple_tag(takes_context=True)
def is_favourite(context: Any, recording_id: str) -> bool:
    """Return whether the signed-in person keeps this recording (one query, none for visitors)."""
    viewer = Viewer.looking(context["request"])
    return viewer.is_member and queries.is_favourite(viewer, recording_id)
