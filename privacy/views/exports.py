"""Taking one's data along."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from foundation.limits import spend
from foundation.work import soon
from privacy.access import get_visible_or_404, visible
from privacy.models import Export
from privacy.tasks import run_export
from privacy.viewer import Viewer


def _shape(export: Export) -> dict[str, Any]:
    ready = export.work == Export.Progress.DONE
    return {
        "public_id": export.public_id,
        "state": export.work,
        "progress": export.percent,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "missing": export.missing,
        "download_url": reverse("export_download", args=[export.public_id]) if ready else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """List the person's copies; POST orders a new one, unless one is being made."""
    mine = visible(Export, Viewer.looking(request)).order_by("-created_at", "-pk")
    if request.method == "POST":
        spend("export", str(request.user.pk), limit=5, seconds=86400)
        busy = mine.filter(work__in=[Export.Progress.WAITING, Export.Progress.RUNNING])
        if not busy.exists():
            made = Export.objects.create(user_id=int(request.user.pk or 0))
            soon(run_export, made.pk)
        return redirect("exports")
    shapes = [_shape(one) for one in mine[:10]]
    template = "privacy/export_list.html" if request.htmx else "privacy/export.html"  # type: ignore[attr-defined]
    return render(request, template, {"exports": shapes})


@login_required
@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    export = get_visible_or_404(Export, Viewer.looking(request), public_id=public_id)
    over = export.expires_at is not None and export.expires_at < timezone.now()
    if not export.file or over:
        raise Http404
    name = f"jamsite-{timezone.localdate().isoformat()}.zip"
    try:
        file = export.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
