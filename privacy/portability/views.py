"""Taking one's data along."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from foundation import reauthentication
from foundation.limits import spend
from foundation.ranges import file_response
from foundation.work import soon
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer
from privacy.portability.export import job, schema
from privacy.portability.models import Export

# A download that breaks off may go on for this long after it began with a fresh authentication, in
# the same web session: a large copy takes longer than an authentication stays fresh.
RESUMABLE = 3600  # seconds
_BEGUN = "exports_begun"


def _is_over(export: Export) -> bool:
    return export.expires_at is not None and export.expires_at <= timezone.now()


def shape(export: Export) -> dict[str, Any]:
    """Return what is shown of a copy; one whose time is over can't be fetched any more."""
    over = _is_over(export)
    ready = export.status == Export.Status.DONE and not over
    return {
        "public_id": export.public_id,
        "state": "expired" if over else export.status,
        "progress": export.percent,
        "no_room": export.waits_for_room,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "size": export.size,
        "missing": export.missing,
        "download_url": reverse("export_download", args=[export.public_id]) if ready else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """List the person's copies; POST orders a new one, unless one is being made."""
    mine = visible(Export, Viewer.oneself(request.user)).order_by("-created_at", "-pk")
    if request.method == "POST":
        spend("export", str(request.user.pk), limit=5, seconds=86400)
        made = job.order(request.user)
        if made is not None:
            soon("privacy.run_export", made.pk)
        return redirect("exports")
    shapes = [shape(export) for export in mine[:10]]
    template = "privacy/export_list.html" if request.htmx else "privacy/export.html"  # type: ignore[attr-defined]
    return render(request, template, {"exports": shapes})


@login_required
@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send a copy to its person, who has just shown that it is them; ranges included."""
    export = get_visible_or_404(Export, Viewer.oneself(request.user), public_id=public_id)
    if not export.file or _is_over(export):
        raise Http404
    if not job.is_still_right(export):
        job.end(export)
        messages.warning(request, _("Somebody in this copy is no longer there. Make a new one."))
        return redirect("exports")
    begun: dict[str, float] = request.session.get(_BEGUN, {})
    if reauthentication.is_fresh(request):
        request.session[_BEGUN] = {**begun, export.public_id: time.time()}
    elif "Range" not in request.headers or time.time() - begun.get(public_id, 0) > RESUMABLE:
        return reauthentication.ask(request)
    return _send(request, export)


def send(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Send a copy to whoever a view found to have the right to it. Raises Http404 when over."""
    if not export.file or _is_over(export):
        raise Http404
    return _send(request, export)


def _send(request: HttpRequest, export: Export) -> HttpResponseBase:
    etag = f'"{export.public_id}"'  # the bytes under an id never change
    response: HttpResponseBase
    if settings.MEDIA_ACCEL_PREFIX:
        response = HttpResponse(content_type="application/zip")
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{export.file.name}"
        response["ETag"] = etag
    else:
        storage, name = export.file.storage, str(export.file.name)
        try:
            response = file_response(request, storage, name, "application/zip", etag=etag)
        except FileNotFoundError:
            raise Http404 from None
    day = timezone.localtime(export.created_at).date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="jamsite-{day}.zip"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def format_schema(request: HttpRequest) -> JsonResponse:
    """The format of a copy, for whoever reads one."""
    return JsonResponse(schema.schema(), content_type="application/schema+json")
