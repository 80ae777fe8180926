"""Where a request or a socket comes from, as the browser says."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.http import HttpRequest


def parts_of(address: str) -> tuple[str, str]:
    """Return scheme and authority of an address that a header holds; blanks for what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "http://[": any program can send that
        return "", ""
    return parts.scheme, parts.netloc


def same_origin(request: HttpRequest) -> bool:
    """Return whether a browser says that one of our own pages sent this.

    `Origin` comes with every POST of today's browsers, `Sec-Fetch-Site` with most; a page of
    another site can forge neither. For forms that must not set a CSRF cookie.
    """
    origin = request.headers.get("Origin")
    if origin is not None:
        return parts_of(origin)[1] == request.get_host()
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def own_origins() -> list[str]:
    """Return the origins of our pages: scheme, host and port of the site, on each of its hosts."""
    site = urlsplit(settings.SITE_URL)
    port = f":{site.port}" if site.port else ""
    hosts = [f"{site.scheme}://{host}{port}" for host in settings.ALLOWED_HOSTS]
    return [f"{site.scheme}://{site.netloc}", *hosts]


class OwnPagesOnly:
    """Refuses sockets that a page of another origin opens, another port included (ASGI).

    Browsers send a site's cookies along whichever page opens a socket, and always say which page
    it was. What says nothing is no browser: it comes in with a token, and never with a cookie.
    """

    def __init__(self, application: Any, by_token: Any) -> None:
        """`by_token`: takes the scope's headers, says whether they carry a token."""
        self.application = application
        self.by_token = by_token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = {name.decode("latin1"): text.decode("latin1") for name, text in scope["headers"]}
        if "origin" not in headers and self.by_token(headers):
            return await self.application(scope, receive, send)
        if "origin" not in headers:
            return await WebsocketDenier()(scope, receive, send)
        return await OriginValidator(self.application, own_origins())(scope, receive, send)
