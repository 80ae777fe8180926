"""What comes in at the door: addresses and JSON that no view has to think of."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.views import APIView

from foundation import json_input, text
from foundation.problems import problem_response

APPS_SIGN_IN = "/api/auth/"  # allauth's views read a body as JSON whatever it says it is


def reads_words(view: Any) -> Any:
    """Mark a view whose query holds words that somebody typed: its form says what is wrong."""
    view.reads_words = True
    return view


class InputMiddleware:
    """No address of ours holds a character that can't be kept: 404. JSON has bounds: 400, 413.

    (DRF's views read JSON with `foundation.api.JSONParser`, after they know who asks.)
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not text.is_fit(request.path):
            raise Http404
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if "%" in request.META.get("QUERY_STRING", "") and not getattr(view, "reads_words", False):
            for name, values in request.GET.lists():
                if not all(map(text.is_fit, [name, *values])):
                    raise Http404
        if request.method in {"GET", "HEAD"} or _is_of_drf(view):
            return None
        if request.content_type == "application/json" or request.path.startswith(APPS_SIGN_IN):
            return _json_fault(request)
        return None


def _is_of_drf(view: Any) -> bool:
    made_by = getattr(view, "cls", None)
    return isinstance(made_by, type) and issubclass(made_by, APIView)


def _json_fault(request: HttpRequest) -> HttpResponse | None:
    """Answer for a body that is no JSON we read, or None; the body can be read again after it."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > json_input.LONGEST:
        return problem_response(request, 413, json_input.too_long())
    if not request.body:
        return None
    try:
        json_input.parse(request.body)
    except json_input.Unreadable as why:
        return problem_response(request, 400, str(why))
    return None
