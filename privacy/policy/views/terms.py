"""The terms of service: the text in force, its versions, how they differ, and who agreed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from privacy.policy import agreements, releases
from privacy.policy.models import PolicyRelease
from privacy.policy.views.policy import differences, fresh, numbered

TERMS = PolicyRelease.Kind.TERMS


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Show the text in force, what is announced, and when the person agreed."""
    release = releases.in_force(TERMS)
    context = _shown(release) | {"coming": releases.coming(TERMS)}
    if request.user.is_authenticated:
        context["agreed"] = agreements.newest(request.user)
    return fresh(request, render(request, "privacy/terms.html", context), release)


@require_safe
def versions(request: HttpRequest) -> HttpResponseBase:
    release = releases.in_force(TERMS)
    context = {"versions": releases.published(TERMS), "in_force": release, "of_terms": True}
    return fresh(request, render(request, "privacy/policy_versions.html", context), release)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one version as it was."""
    release = numbered(number, TERMS)
    context = _shown(release) | {"past": True, "in_force": releases.in_force(TERMS)}
    return fresh(request, render(request, "privacy/terms.html", context), release)


@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show how a version differs from the one before, or from the one `?from=` names."""
    new = numbered(number, TERMS)
    context = differences(request, new, TERMS) | {"of_terms": True}
    return fresh(request, render(request, "privacy/policy_changes.html", context), new)


@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    """The text in force, for apps that show it before they make an account."""
    release = releases.in_force(TERMS)
    about = {
        "site": settings.SITE_URL,
        "number": release.number,
        "in_force_since": release.posted_at,
        "page": request.build_absolute_uri(reverse("terms")),
        "clauses": release.content["clauses"],
        "coming": [
            {
                "number": release.number,
                "summary": release.summary,
                "in_force_from": release.effective_at,
            }
            for release in releases.coming(TERMS)
        ],
    }
    response: HttpResponse = JsonResponse(
        about, json_dumps_params={"indent": 1, "ensure_ascii": False}
    )
    return fresh(request, response, release)


def _shown(release: PolicyRelease) -> dict[str, Any]:
    return {"release": release, "clauses": releases.clauses_of(release)}
