"""Pages behind a mailed link: whoever has the address is let in, so it must not get around."""

from typing import TypeVar

from django.http import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)


def kept_secret(response: Response) -> Response:
    """Keep a page's address out of search engines and out of logs, other sites' and our own.

    `no-referrer` would be too much: browsers then send `Origin: null` with the page's own forms,
    which the CSRF check refuses, and no button of the page works.
    """
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "strict-origin"
    return response
