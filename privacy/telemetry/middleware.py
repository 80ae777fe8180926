"""What a request's person chose, and the signal that their browser sends."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from privacy import consent
from privacy.consent.choices import Choices
from privacy.telemetry import usage

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ChoicesMiddleware:
    """Gives every request its `choices`, and heeds Global Privacy Control at once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        choices = Choices(request)
        request.choices = choices  # type: ignore[attr-defined]
        user: Any = request.user if choices.signal else None
        if user is not None and user.is_authenticated:
            ended = consent.heed_signal(user)
            if ended:
                choices.forget()
                labels = get_text_list([str(purpose.label) for purpose in ended], _("and"))
                messages.info(
                    request,
                    _("Your browser asks not to be tracked, and we honour it. Ended: %(what)s.")
                    % {"what": labels},
                )
        response = self.get_response(request)
        if _is_page(request, response) and choices["analytics"]:
            usage.note_page(request)
        return response


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether somebody was shown a whole page, and not a part, a file or the admin."""
    match = request.resolver_match
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and "HX-Request" not in request.headers
        and match is not None
        and match.app_name != "admin"
    )
