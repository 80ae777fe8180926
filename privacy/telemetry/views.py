"""What was counted of oneself, what was counted of all, and the door for crash reports."""

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from foundation.limits import TooMany, network_of, spend
from foundation.origins import same_origin
from foundation.problems import problem_response
from privacy import consent
from privacy.telemetry import crashes, usage
from privacy.telemetry.queries import newest_counts

PAGE = 200


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    events = usage.events_of(request.user).order_by("-hour", "-pk")[:PAGE]
    return render(request, "privacy/usage.html", {"usage": events, "on": _on(request)})


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/statistics.html", newest_counts())


@csrf_exempt  # also from visitors without any cookie but their choice; see `same_origin`
@require_POST
def crash(request: HttpRequest) -> HttpResponse:
    """Take one crash report from a browser whose person agreed; 204, or a problem."""
    if not same_origin(request) or not _wanted(request):
        return problem_response(request, 403, "Crash reports are taken only with consent.")
    try:
        for who, limit in ((network_of(request), 20), ("all", 2000)):
            spend("crash", who, limit=limit, seconds=3600)
    except TooMany as error:
        response: HttpResponse = problem_response(request, 429, "Enough for now.")
        response["Retry-After"] = str(error.wait)
        return response
    body = request.read(crashes.MAX_BYTES + 1)
    if len(body) > crashes.MAX_BYTES:
        return problem_response(request, 413, "A report has at most 8 KiB.")
    try:
        agent = request.headers.get("User-Agent", "")
        crashes.take(json.loads(body), user_agent=agent, host=request.get_host())
    except ValueError as error:
        reason = str(error) if isinstance(error, crashes.Malformed) else "This is not JSON."
        return problem_response(request, 400, reason)
    return HttpResponse(status=204)


def _wanted(request: HttpRequest) -> bool:
    choices = request.choices  # type: ignore[attr-defined]
    if request.user.is_authenticated:
        return consent.has(request.user, "crash_reports", signal=choices.signal)
    return bool(choices["crash_reports"])


def _on(request: HttpRequest) -> bool:
    return bool(request.choices["analytics"])  # type: ignore[attr-defined]
