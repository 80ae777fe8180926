"""Purposes and consent: one place to see and change each, for people and for visitors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.limits import spend
from foundation.paging import newest_first
from privacy import consent
from privacy.consent import Channel, purposes
from privacy.consent.models import ConsentRecord
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer

GPC_SINCE = "2026-11-22"  # when the support of the signal last changed, as /.well-known/ says


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show every purpose with its state and its history; POST changes one, or several."""
    if request.method == "POST":
        spend("consent", str(request.user.pk), limit=120, seconds=3600)
        _change(request)
        return redirect(way_back(request, "consent"))
    rows = visible(ConsentRecord, Viewer.oneself(request.user))
    history = newest_first(rows, request.GET.get("after"))
    labels = {purpose.key: purpose.label for purpose in purposes.purposes()}
    return render(
        request,
        "privacy/consent.html",
        {
            "standings": standings_shown(request),
            "history": [
                {"record": row, "label": labels.get(row.purpose, row.purpose)}
                for row in history.items
            ],
            "next_url": history.next_url(request),
            "collects": request.choices["analytics"],  # type: ignore[attr-defined]
        },
    )


@require_safe
def gpc(request: HttpRequest) -> HttpResponse:
    """Say that the site honours the signal: https://w3c.github.io/gpc/#gpc-support-resource."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def standings_shown(request: HttpRequest) -> list[dict[str, Any]]:
    choices = request.choices  # type: ignore[attr-defined]
    return [
        {
            "purpose": standing.purpose,
            "on": choices.allows(key),
            "since": standing.since,
            "stale": standing.stale,
        }
        for key, standing in choices.standings.items()
    ]


def answers_in(request: HttpRequest) -> dict[str, bool]:
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
    for key, given in answers_in(request).items():
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


def way_back(request: HttpRequest, default: str) -> str:
    """Return where the form was: the card of changed words stands on every page."""
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else default
