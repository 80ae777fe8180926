"""Errors of the API as RFC 9457 problem details."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from foundation.limits import Away, TooMany
from foundation.text import UnfitStatement

CONTENT_TYPE = "application/problem+json"


class Gone(Http404):
    """The page was public once and its owner left (HTTP 410)."""


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = "This doesn't fit what is already stored."
    default_code = "conflict"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


class Unprocessable(exceptions.APIException):
    status_code = 422
    default_detail = "The content can't be processed."
    default_code = "unprocessable"


class TooLarge(exceptions.APIException):
    """There is no room for it: the answer says what there is and what is used."""

    status_code = 413
    default_detail = "There is no room for this."
    default_code = "too_large"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


class GoneForGood(exceptions.APIException):
    status_code = 410
    default_detail = "This was taken away by the person it belonged to."
    default_code = "gone"


TITLES = {
    400: "Bad request", 401: "Sign in first", 403: "Not allowed", 404: "Not found",
    405: "Method not allowed", 406: "Not acceptable", 409: "Conflict", 410: "Gone",
    413: "Too large", 415: "Unsupported media type", 422: "Unprocessable content",
    429: "Too many requests", 500: "Something broke on our side",
    503: "Away for a moment", 507: "No room left",
}  # fmt: skip


def problem(status: int, detail: str, **extra: Any) -> dict[str, Any]:
    """Return the members of a problem; `type` stays about:blank, so `title` tells the status."""
    title = TITLES.get(status, "Error")
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}


def problem_response(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=CONTENT_TYPE)


def away(request: HttpRequest, wait: int = 5) -> HttpResponse:
    """Return the 503, a page or a problem: something that this needs can't be reached now."""
    answer: HttpResponse
    if request.path.startswith("/api/"):
        answer = problem_response(
            request, 503, _("A part of the site is away for a moment. Nothing was changed.")
        )
    else:
        answer = render(request, "503.html", status=503)
    answer["Retry-After"] = str(wait)
    return answer


def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    """Return the 429, a page or a problem: what the limit is, and when it opens again."""
    answer: HttpResponse
    if request.path.startswith("/api/"):
        detail = _("The limit is %(limit)s. Try again in %(wait)d seconds.")
        refusal = problem(
            429, detail % {"limit": error.said, "wait": error.wait},
            limit=error.limit, window_seconds=error.seconds, retry_after=error.wait,
        )  # fmt: skip
        answer = JsonResponse(refusal, status=429, content_type=CONTENT_TYPE)
    else:
        context = {"wait": error.wait, "limit": error.said}
        answer = render(request, "429.html", context, status=429)
    answer["Retry-After"] = str(error.wait)
    return answer


def too_many_in_words(error: TooMany) -> ValidationError:
    """Return a limit that was reached as a form's error: nothing that was typed is lost."""
    said = _("That was a lot at once: the limit is %(limit)s. Try again in %(wait)d seconds.")
    return ValidationError(said % {"limit": error.said, "wait": error.wait}, code="too_many")


def status_of(form: Any) -> int:
    """Return the status of a page with a form: 200, 422 for its errors, 429 for a limit's."""
    if any(form.has_error(name, code="too_many") for name in form.errors):
        return 429
    return 422 if form.errors else 200


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: the same members whatever went wrong."""
    if isinstance(exc, Gone):
        exc = GoneForGood()
    elif isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, TooMany | Away):
        raise exc  # answered by `jamsite.middleware`, for pages and API alike
    elif isinstance(exc, UnfitStatement):
        exc = exceptions.ParseError(str(exc))
    response = exception_handler(exc, context)
    if response is None:
        return None
    extra: dict[str, Any] = dict(getattr(exc, "extra", {}))
    if isinstance(exc, exceptions.ValidationError):
        extra["errors"] = exc.detail
        detail = "Some fields need another look; nothing was saved."
    else:
        detail = str(getattr(exc, "detail", exc))
    response.data = problem(response.status_code, detail, **extra)
    response.content_type = CONTENT_TYPE
    return response
