"""Saying in words what a form changed, and taking it back.

What was there before waits in the web session until the person looks at another page of the
settings; taking it back is one press, and goes through the same writer.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

_KEY = "settings_undo"


def remember(request: HttpRequest, page: str, before: Any, said: Sequence[Any]) -> None:
    """Keep what was there before a change, and the words for what changed."""
    request.session[_KEY] = {"page": page, "before": before, "said": [str(text) for text in said]}


def said(request: HttpRequest, page: str) -> list[str]:
    """Return what was just changed on this page; a look at another page ends the way back."""
    kept = request.session.get(_KEY)
    if kept is None:
        return []
    if kept["page"] != page:
        del request.session[_KEY]
        return []
    return list(kept["said"])


def take_back(request: HttpRequest, page: str) -> Any:
    """Return what was there before the last change on this page, once; None without any."""
    kept = request.session.get(_KEY)
    if kept is None or kept["page"] != page:
        return None
    del request.session[_KEY]
    return kept["before"]
