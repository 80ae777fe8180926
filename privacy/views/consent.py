"""Purposes and consent: one place to see and change each, for people and for visitors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from foundation.limits import network_of, spend
from foundation.origins import same_origin
from foundation.paging import newest_first
from privacy import browser, consent, purposes, usage
from privacy.access import visible
from privacy.choices import choose
from privacy.consent import Channel
from privacy.models import ConsentRecord
from privacy.viewer import Viewer

GPC_SINCE = "2026-11-22"  # when the support of the signal last changed, as /.well-known/ says


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show every purpose with its state and its history; POST changes one, or several."""
    if request.method == "POST":
        spend("consent", str(request.user.pk), limit=120, seconds=3600)
        _change(request)
        return redirect(_back(request, "consent"))
    rows = visible(ConsentRecord, Viewer.oneself(request.user))
    history = newest_first(rows, request.GET.get("after"))
    labels = {one.key: one.label for one in purposes.purposes()}
    return render(
        request,
        "privacy/consent.html",
        {
            "standings": _shown(request),
            "history": [
                {"record": one, "label": labels.get(one.purpose, one.purpose)}
                for one in history.items
            ],
            "next_url": history.next_url(request),
            "collects": request.choices.analytics,  # type: ignore[attr-defined]
        },
    )


@csrf_exempt  # a visitor who only looks gets no cookie; the browser's own word stands in for it
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """List what is kept in a browser; POST keeps a visitor's choice."""
    if request.method == "POST":
        if not same_origin(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return redirect("consent")  # an account decides there, wherever it is signed in
        spend("cookies", network_of(request), limit=120, seconds=3600)
        response = redirect(_back(request, "cookies"))
        answers = _answers(request)
        _end(request, answers)
        choose(request, response, answers)
        return response
    choices = request.choices  # type: ignore[attr-defined]
    return render(
        request,
        "privacy/cookies.html",
        {
            "standings": _shown(request),
            "kept": browser.kept(),
            "usage": usage.events_of_visitor(choices.visitor).order_by("-hour", "-pk")[:200],
        },
    )


@require_safe
def gpc(request: HttpRequest) -> HttpResponse:
    """Say that the site honours the signal: https://w3c.github.io/gpc/#gpc-support-resource."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def _shown(request: HttpRequest) -> list[dict[str, Any]]:
    choices = request.choices  # type: ignore[attr-defined]
    return [
        {"purpose": one.purpose, "on": choices.allows(key), "since": one.since, "stale": one.stale}
        for key, one in choices.standings.items()
    ]


def _answers(request: HttpRequest) -> dict[str, bool]:
    """Return the purposes of a form, each with the answer of the button that was pressed."""
    choices = request.choices  # type: ignore[attr-defined]
    asked = [key for key in request.POST.getlist("purpose") if key in choices.standings]
    answer = request.POST.get("answer")
    if answer not in {"yes", "no"} or not asked:
        return {}
    return dict.fromkeys(asked, answer == "yes")


def _change(request: HttpRequest) -> None:
    again = request.POST.get("asked") == "again"
    channel = Channel.ASKED_AGAIN if again else Channel.SETTINGS
    choices = request.choices  # type: ignore[attr-defined]
    for key, given in _answers(request).items():
        if given and not purposes.get(key).concerns(request.user):
            continue  # it isn't on their page
        if given:
            consent.give(request.user, key, channel=channel, against_signal=choices.signal)
        else:
            consent.withdraw(request.user, key, channel=channel)
        label = purposes.get(key).label
        words = _("%(what)s: on.") if given else _("%(what)s: off, from this moment on.")
        messages.success(request, words % {"what": label})
    choices.forget()


def _end(request: HttpRequest, answers: dict[str, bool]) -> None:
    """Delete what was counted of a visitor who refuses it now."""
    if answers.get(usage.KEY) is False:
        usage.events_of_visitor(request.choices.visitor).delete()  # type: ignore[attr-defined]


def _back(request: HttpRequest, default: str) -> str:
    """Return where the form was: the card of changed words stands on every page."""
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else default
