"""Which program asks: one of our own pages, a client of ours, or somebody else's app.

Until apps are registered, everybody's but ours is one and the same: `OUTSIDE`. Ours are

- pages: the browser says that one of them sent the request;
- the clients that OWN_CLIENT_IDS names: they send their id with every request, as `X-Client-Id`.

Whatever carries an app's token and no such id is somebody else's app, on pages and sockets too;
so is whoever asks the API from anywhere but our pages, signed in or not.
"""

import hmac
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from foundation.origins import parts_of

OUTSIDE = "unregistered"
HEADER = "X-Client-Id"


def is_ours(given: str | None) -> bool:
    """Return whether this is the id of a client of ours."""
    known: Iterable[str] = settings.OWN_CLIENT_IDS
    client_id = (given or "").encode()
    return any(hmac.compare_digest(client_id, own.encode()) for own in known)


def app_of(request: HttpRequest, *, machine: bool) -> str | None:
    """Return the app that a request comes through, None for our own pages and clients.

    `machine`: what is asked for is meant for programs (the API), so a page of ours must have asked.
    A page itself is for whoever opens it.
    """
    by_token = getattr(request, "by_token", False)
    if not (by_token or machine) or is_ours(request.headers.get(HEADER)):
        return None
    return OUTSIDE if by_token or not from_own_page(request) else None


def from_own_page(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of ours sent this, of any method.

    `Sec-Fetch-Site` where it comes (over TLS and on this machine); older browsers and plain HTTP
    send `Origin` or `Referer`, which our referrer policy keeps for our own pages. No page of
    another site can forge one of the three.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    came = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return parts_of(came) == (request.scheme, request.get_host())
