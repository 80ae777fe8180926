"""Answers that wait for something to happen, and hold no thread while they do.

A view that has nothing to say yet returns `Held`. The web server's event loop waits
(`foundation.rsgi`), then asks the whole site again: what may be seen is decided anew, by a request
that came a moment later. Where nothing can wait (other servers, tests) `may_hold` says so, and a
view answers at once.
"""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse

MAY_WAIT = "jamsite.may_wait"  # in the environ of a request that can


def may_hold(request: HttpRequest) -> bool:
    return bool(request.META.get(MAY_WAIT))


class Held(HttpResponse):
    """`until`: returns when the request is to be answered."""

    def __init__(self, until: Callable[[], Awaitable[None]]) -> None:
        super().__init__(status=200)  # never sent
        self.until = until
