"""What every answer carries, and what stands between a leaving person and the site."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import escape_leading_slashes

from foundation import permissions_policy
from foundation.disk import is_full, no_room
from foundation.limits import Away, TooMany
from foundation.moments import zone
from foundation.problems import Gone, away, problem_response, too_many

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HeadersMiddleware:
    """Headers that every answer carries.

    Nothing that we make is stored on the way or by the browser, unless its view says otherwise:
    what somebody may see changes at once, and a machine may have its next person.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault(permissions_policy.HEADER, permissions_policy.CLOSED)
        return response


class ProxyMiddleware:
    """In production: say what is wrong where a proxy doesn't tell how it was asked.

    Without `X-Forwarded-Proto` every page would be sent to https, and there to https again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "X-Forwarded-Proto" in request.headers:
            return self.get_response(request)
        log.error("The proxy doesn't send X-Forwarded-Proto: see deploy/nginx.conf")
        text = "The proxy before this site must send X-Forwarded-Proto.\n"
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")


class SlashMiddleware(CommonMiddleware):
    """A missing slash at the end: Django's redirect loses a body, so what carries one is kept.

    The API answers at once, as if the slash were there. Pages redirect with 308, which is followed
    with the same method and body.
    """

    def process_request(self, request: HttpRequest) -> Any:
        of_api = request.path.startswith("/api/") and self._sends(request)
        if of_api and self.should_redirect_with_slash(request):
            request.path_info += "/"
            request.path += "/"
        return super().process_request(request)

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        """Return the address with its slash. (Django's refuses to, for a body, in development.)"""
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        was = response.status_code
        answer = super().process_response(request, response)
        if was == 404 and answer.status_code == 301 and self._sends(request):
            answer.status_code = 308
        return answer

    @staticmethod
    def _sends(request: HttpRequest) -> bool:
        return request.method not in {"GET", "HEAD", "OPTIONS"}


class LeavingMiddleware:
    """A person who is leaving may come back, take their data along or go, and nothing else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and user.is_leaving and not _open_to_leavers(request.path):
            if request.path.startswith("/api/"):
                return problem_response(request, 403, "This account is leaving.")
            return redirect("leave")
        return self.get_response(request)


def _open_to_leavers(path: str) -> bool:
    again = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
    allowed = {reverse("leave"), reverse("leave_cancel"), reverse("account_logout")}
    allowed |= {reverse(name) for name in again}
    shared = ("/static/", "/privacy/", "/leave/", reverse("exports"), reverse("confirm_by_mail"))
    return path in allowed or path.startswith(shared)


class ClockMiddleware:
    """Pages tell times by the clock of the person who looks; whatever machines read keeps UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = getattr(request.user, "time_zone", "")
        if not name or request.path.startswith(("/api/", "/admin/", "/sitemap")):
            return self.get_response(request)
        with timezone.override(zone(name)):
            return self.get_response(request)


class ErrorPagesMiddleware:
    """410 for what is gone and 429 for too many, as a page or as problem JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Gone):
            response = render(request, "410.html", status=410)
            response["X-Robots-Tag"] = "noindex"
            return response
        if isinstance(error, TooMany):
            return too_many(request, error)
        if isinstance(error, Away):
            return away(request, error.wait)
        if is_full(error):
            return no_room(request)
        return None
