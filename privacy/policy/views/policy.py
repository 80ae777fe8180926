"""The privacy policy: the text in force, its versions, how they differ, and what is announced."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from privacy import policy
from privacy.policy import releases
from privacy.policy.models import PolicyRelease
from privacy.policy.search import LONGEST, Search

Kind = PolicyRelease.Kind
LOADED = timezone.now()  # code and configuration, and what the page tells of them, date from here
TABLES = ("data", "stores", "purposes", "cookies", "providers", "regions")


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The text in force; `?q=` narrows it to what has all the words."""
    release = releases.in_force()
    context = _shown(request, release, policy.facts())
    context["coming"] = releases.coming(Kind.TEXT, Kind.CONTROL)
    return fresh(request, render(request, "privacy/policy.html", context), release)


@require_safe
def versions(request: HttpRequest) -> HttpResponseBase:
    release = releases.in_force()
    context = {"versions": releases.published(), "in_force": release}
    return fresh(request, render(request, "privacy/policy_versions.html", context), release)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponseBase:
    """One version as it was shown, with the tables of its time."""
    release = numbered(number)
    facts = {name: release.content.get(name, []) for name in TABLES}
    context = _shown(request, release, facts) | {"past": True, "in_force": releases.in_force()}
    return fresh(request, render(request, "privacy/policy.html", context), release)


@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponseBase:
    """How a version differs from the one before, or from the one `?from=` names."""
    new = numbered(number)
    context = differences(request, new, Kind.TEXT)
    return fresh(request, render(request, "privacy/policy_changes.html", context), new)


def differences(request: HttpRequest, new: PolicyRelease, kind: str) -> dict[str, Any]:
    """Return what the page of differences shows."""
    wanted = request.GET.get("from", "")
    old = numbered(int(wanted), kind) if wanted.isdecimal() and len(wanted) < 9 else None
    old = old or releases.before(new)
    return {
        "old": old,
        "new": new,
        "comparison": releases.comparison(old, new) if old else None,
        "asked_anew": releases.asked_anew(old.content, new.content) if old else [],
        "versions": releases.published(kind),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def announcement(request: HttpRequest, public_id: str) -> HttpResponse:
    """What everybody was told; POST says that this person has seen it."""
    release = releases.announced(public_id)
    if release is None:
        raise Http404
    if request.method == "POST":
        if request.user.is_authenticated:
            releases.see(request.user, release)
        back = request.POST.get("next", "")
        hosts = {request.get_host()}
        if not url_has_allowed_host_and_scheme(back, hosts, require_https=request.is_secure()):
            back = reverse("policy_announcement", args=[public_id])
        return redirect(back)
    context = {"release": release, "days": releases.notice_days(release)}
    return render(request, "privacy/policy_announcement.html", context)


@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    """All that the page tells, for machines."""
    release = releases.in_force()
    about = {
        "site": settings.SITE_URL,
        "version": release.number,
        "in_force_since": release.posted_at,
        "summary": release.summary,
        "page": request.build_absolute_uri(reverse("policy")),
        "clauses": [
            {
                "number": clause.number,
                "id": clause.id,
                "title": clause.title,
                "since": clause.since,
                "covers": clause.covers,
                "text": clause.text,
                "url": request.build_absolute_uri(f"{reverse('policy')}#{clause.id}"),
                "checks": clause.checks,
                "tests": clause.tests,
            }
            for clause in releases.clauses_of(release)
        ],
        **policy.facts(),
        "coming": [
            _brief(request, release) for release in releases.coming(Kind.TEXT, Kind.CONTROL)
        ],
        "versions": [_brief(request, release) for release in releases.published()],
    }
    response = JsonResponse(about, json_dumps_params={"indent": 1, "ensure_ascii": False})
    return fresh(request, response, release)


def _brief(request: HttpRequest, release: PolicyRelease) -> dict[str, Any]:
    return {
        "kind": release.kind,
        "number": release.number,
        "state": release.state,
        "material": release.material,
        "summary": release.summary,
        "announced_at": release.announced_at,
        "in_force_from": release.effective_at,
        "in_force_since": release.posted_at,
        "url": request.build_absolute_uri(reverse("policy_version", args=[release.number]))
        if release.number
        else None,
    }


def numbered(number: int, kind: str = Kind.TEXT) -> PolicyRelease:
    release = releases.numbered(number, kind)
    if release is None:
        raise Http404
    return release


def _shown(request: HttpRequest, release: PolicyRelease, facts: dict[str, Any]) -> dict[str, Any]:
    question = request.GET.get("q", "")[:LONGEST]
    search = Search.of(question)
    clauses = releases.clauses_of(release)
    hits = search.clauses(clauses)
    tables = {name: search.rows(facts.get(name, [])) for name in TABLES}
    return {
        "release": release,
        "clauses": hits,
        "checks": sum(clause.checks for clause in clauses),
        "facts": {**facts, **tables},
        "question": question,
        "hits": len(hits) + sum(map(len, tables.values())),
    }


def fresh(request: HttpRequest, response: HttpResponse, release: PolicyRelease) -> HttpResponseBase:
    """Answer 304 to who has this already: the same body, but for the nonce of each answer.

    Pages of people who are signed in hold their name and token: they are never compared.
    """
    page = response["Content-Type"].startswith("text/html")
    if page and request.user.is_authenticated:
        response["Cache-Control"] = "private, no-store"
        return response
    nonce = str(getattr(request, "csp_nonce", "")).encode()
    body = response.content.replace(nonce, b"") if page and nonce else response.content
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    changed = max(LOADED, *_moments(release))
    response["Cache-Control"] = "no-cache"
    response["ETag"] = f"W/{etag}" if page else etag
    response["Last-Modified"] = changed.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        get_conditional_response(request, response["ETag"], int(changed.timestamp()), response)
        or response
    )


def _moments(release: PolicyRelease) -> list[datetime]:
    """Return when what is said of versions last changed."""
    known = [release, *releases.coming(), *releases.published(), *releases.published(Kind.TERMS)]
    at = [(release.posted_at, release.announced_at, release.withdrawn_at) for release in known]
    return [moment for moments in at for moment in moments if moment is not None]
