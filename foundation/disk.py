"""A disk that is full: one sentence for the person, one for the operator."""

import errno
import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from foundation.problems import problem_response

logger = logging.getLogger(__name__)
WAIT = 60  # seconds


def is_full(error: BaseException | None) -> bool:
    """Return whether something failed because no room is left on a disk, or in a quota of one."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        error = error.__cause__ or error.__context__
    return False


def say(what: str) -> None:
    """Tell the operator, in one line of the log."""
    logger.error("No room is left on the disk: %s was not stored. Free space or add some.", what)


def no_room(request: HttpRequest) -> HttpResponse:
    """Return the 507, a page or a problem. What is on its way stays on the person's machine."""
    say("a request's file")
    answer: HttpResponse
    if request.path.startswith("/api/"):
        said = _(
            "There is no room left here just now. Nothing was stored; keep it, and send it later."
        )
        answer = problem_response(request, 507, said)
    else:
        answer = render(request, "507.html", status=507)
    answer["Retry-After"] = str(WAIT)
    return answer
