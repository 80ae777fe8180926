"""What machines ask for: oEmbed, the map of pages for search engines, robots.txt.

All of it is what anybody may see, asked of the gate at each request; nothing is kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.identity.queries import begun
from accounts.models import User
from accounts.profile.presenters import person_preview
from bands.models import Band
from bands.views.presenters import band_preview
from foundation.addresses import absolute
from foundation.limits import network_of, spend
from foundation.problems import problem_response
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import ANY_APP, SEARCH_ENGINE
from privacy.sharing.previews import Preview
from sessions_app import queries as sessions
from sessions_app.models import JamSession, Recording
from sessions_app.views.presenters import recording_preview, session_preview

PAGES_A_DAY = 50_000  # as many as one sitemap may list (sitemaps.org)


@dataclass(frozen=True)
class Page:
    """One kind of page with something of somebody's on it."""

    route: str
    model: type[Model]
    rows: Callable[[], Any]
    key: str  # what the address names it by
    moment: str
    preview: Callable[[Any], Preview]


PAGES = {
    "recordings": Page(
        "recording", Recording, lambda: sessions.recordings(ANY_APP), "public_id",
        "created_at", recording_preview,
    ),
    "sessions": Page(
        "jam", JamSession, lambda: sessions.sessions(ANY_APP), "public_id",
        "created_at", session_preview,
    ),
    "people": Page(
        "profile", User, lambda: visible(User, ANY_APP), "username", "date_joined", person_preview,
    ),
    "bands": Page(
        "band", Band, lambda: visible(Band, ANY_APP), "slug", "created_at", band_preview,
    ),
}  # fmt: skip


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer with what a link leads to (https://oembed.com), as far as anybody may see it."""
    spend("oembed", network_of(request), limit=600, seconds=900)
    if request.GET.get("format", "json") != "json":
        return problem_response(request, 501, "Only format=json is spoken here.")
    preview = _preview_of(request, request.GET.get("url", ""))
    answer = {
        "version": "1.0",
        "type": "link",
        "title": preview.title,
        "author_name": preview.author,
        "author_url": preview.author_url,
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.SITE_URL,
        "cache_age": 0,
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def _preview_of(request: HttpRequest, url: str) -> Preview:
    """Return what anybody may know of the page at an address of ours, or raise Http404."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise Http404 from None
    ours = {urlsplit(settings.SITE_URL).netloc, request.get_host()}
    page = next((page for page in PAGES.values() if page.route == match.url_name), None)
    if parts.scheme not in {"http", "https"} or parts.netloc not in ours or page is None:
        raise Http404
    lookup = "username__iexact" if page.key == "username" else page.key
    value = next(iter(match.kwargs.values()))
    return page.preview(get_visible_or_404(page.rows(), ANY_APP, **{lookup: value}))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /media/", "Disallow: /shared/",
             "Disallow: /i/", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]  # fmt: skip
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List one sitemap for each kind of page and day since the site began: no count leaks."""
    days = list(_days(timezone.localdate(begun() or timezone.now())))
    urls = [
        absolute(reverse("sitemap_day", args=[kind, day.isoformat()]))
        for day in days
        for kind in PAGES
    ]
    return _xml(request, "community/sitemap_index.xml", urls[:PAGES_A_DAY])


@require_safe
def sitemap(request: HttpRequest, kind: str, day: str) -> HttpResponse:
    """List the pages of one kind and day that search engines may show."""
    page = PAGES.get(kind)
    try:
        begin = datetime.combine(date.fromisoformat(day), time(), timezone.get_default_timezone())
    except ValueError:
        raise Http404 from None
    if page is None:
        raise Http404
    that_day = {f"{page.moment}__gte": begin, f"{page.moment}__lt": begin + timedelta(days=1)}
    rows = visible(page.model, SEARCH_ENGINE).filter(**that_day)
    keys = rows.order_by(f"-{page.moment}", "-pk").values_list(page.key, flat=True)
    urls = [absolute(reverse(page.route, args=[key])) for key in keys[:PAGES_A_DAY]]
    return _xml(request, "community/sitemap.xml", urls)


def _days(first: date) -> Iterator[date]:
    """Yield the days from today back to the first."""
    day = timezone.localdate()
    while day >= first:
        yield day
        day -= timedelta(days=1)


def _xml(request: HttpRequest, template: str, urls: list[str]) -> HttpResponse:
    response = render(request, template, {"urls": urls}, content_type="application/xml")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
