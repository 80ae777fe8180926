"""Where a request comes from, as the browser says: for what works without a cookie."""

from urllib.parse import urlsplit

from django.http import HttpRequest


def same_origin(request: HttpRequest) -> bool:
    """Return whether a browser says that one of our own pages sent this.

    `Origin` comes with every POST of today's browsers, `Sec-Fetch-Site` with most; a page of
    another site can forge neither. For forms that must not set a CSRF cookie.
    """
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.get_host()
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
