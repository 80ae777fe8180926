"""What Jamsite holds: each person's own data, why, how long, and how to end it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.limits import spend
from privacy import datamap
from privacy.datamap import own_data as holdings


@login_required
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """Show every kind of data about the person, what is in no table, and what stays after."""
    return render(
        request,
        "privacy/held.html",
        {
            "groups": holdings.overview(request.user),
            "counted": holdings.COUNTED,
            "stores": datamap.stores(),
            "kept": holdings.kept_after_leaving(),
        },
    )


@login_required
@require_safe
def held_kind(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one kind with its real values, newest first."""
    item = holdings.find(slug)
    rows, page = holdings.page_of(item, request.user, request.GET.get("after"))
    return render(
        request,
        "privacy/held_kind.html",
        {
            "kind": holdings.kind(item),
            "rows": rows,
            "next_url": page.next_url(request),
            "removable": item.remove is not None,
        },
    )


@login_required
@require_POST
def held_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete one row of one's own."""
    spend("held-remove", str(request.user.pk), limit=600, seconds=3600)
    item = holdings.find(slug)
    holdings.remove(item, request.user, request.POST.get("row", ""))
    if not request.session.exists(request.session.session_key or ""):
        logout(request)  # they ended the very sign-in that asked
        return redirect("home")
    messages.success(request, _("Deleted."))
    return redirect("held_kind", slug=slug)
