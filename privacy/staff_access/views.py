"""What left the site about a person, and who of the staff looked."""

from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.paging import newest_first
from privacy import datamap
from privacy.gate.access import visible
from privacy.gate.viewer import Viewer
from privacy.staff_access import disclosures
from privacy.staff_access.models import AccessLogEntry, Disclosure, LegalDisclosure

MAX_LEGAL = 50


@login_required
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """List one's disclosures: those that a law required first, then services, newest first."""
    viewer = Viewer.oneself(request.user)
    mine = visible(Disclosure, viewer)
    page: Any = newest_first(mine, request.GET.get("after"), moment="at")
    legal = visible(LegalDisclosure, viewer).order_by("-disclosed_at", "-pk")
    return render(
        request,
        "privacy/disclosures.html",
        {
            "legal": [_legal(row) for row in legal[:MAX_LEGAL]],
            "disclosures": [_shape(row) for row in page.items],
            "next_url": page.next_url(request),
            "count": mine.count(),
            "sales": disclosures.count_of_sales(request.user),
        },
    )


def _legal(row: LegalDisclosure) -> dict[str, Any]:
    names = ("authority", "law", "order", "asked", "disclosed_at", "secret_until", "secret_because")
    given = [datamap.CATEGORIES.get(key, key) for key in row.given_categories]
    return {
        **{name: getattr(row, name) for name in names},
        "given": given,
        "ground": row.get_ground_display(),
        "was_asked": row.ground == LegalDisclosure.Ground.LAW,
    }


def _shape(row: Disclosure) -> dict[str, Any]:
    return {
        "recipient": row.recipient,
        "categories": [datamap.CATEGORIES.get(key, key) for key in row.categories],
        "purpose": datamap.PURPOSES.get(row.purpose, row.purpose),
        "basis": row.basis,
        "at": row.at,
        "failed": row.failed,
    }


@login_required
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """List who of the staff looked at one's data, newest first."""
    rows = visible(AccessLogEntry, Viewer.oneself(request.user))
    page: Any = newest_first(rows, request.GET.get("after"), moment="at")
    return render(
        request,
        "privacy/access_log.html",
        {"entries": [_entry(row) for row in page.items], "next_url": page.next_url(request)},
    )


def _label(name: str) -> Any:
    """Return what people call a model, given as "app.model"; its name once it is gone."""
    try:
        return datamap.held_of(apps.get_model(name)).label
    except LookupError:
        return name


def _entry(row: AccessLogEntry) -> dict[str, Any]:
    return {
        "role": row.role,
        "what": _label(row.model),
        "why": row.get_why_display(),
        "reason": row.reason,
        "at": row.at,
    }
