"""Cross-origin isolation, which SharedArrayBuffer needs, for the pages that ask for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase


def isolated(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Serve a page with COEP require-corp; not the whole site: embeds would break under it."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    return wrapped
