"""Pages where people meet each other's music."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.queries import profile_for
from accounts.requests import MemberRequest
from accounts.views.shapes import person_shape
from community import queries, services
from foundation.paging import newest_first
from privacy.access import get_visible_or_404
from privacy.posing import looking
from privacy.viewer import Viewer
from sessions_app import queries as sessions
from sessions_app.models import Recording
from sessions_app.views.shapes import recording_card, session_card


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person, as this viewer may see them."""
    posing = looking(request, User, owner="pk", username__iexact=username)
    if posing.hidden:
        return posing.hidden_page(request)
    viewer = posing.viewer
    found = profile_for(viewer, username)
    owned = sessions.recordings_owned_by(viewer, found.user).order_by("-created_at", "-pk")
    played = sessions.sessions_of(viewer, found.user).order_by("-created_at", "-pk")[:12]
    may_write = viewer.is_member and found.user_id not in {viewer.user_id, request.user.pk}
    to = f"{reverse('conversations')}?to={found.user.username}"
    return render(
        request,
        "accounts/profile.html",
        {
            "person": person_shape(found, viewer),
            "posing": posing,
            "message_url": to if may_write else None,
            "recordings": [
                recording_card(one, viewer) for one in sessions.listed(owned, viewer)[:12]
            ],
            "sessions": [session_card(one) for one in played],
        },
    )


@login_required
@require_safe
def favourites(request: MemberRequest) -> HttpResponse:
    viewer = Viewer.looking(request)
    rows = sessions.listed(queries.favourites(viewer), viewer)
    page = newest_first(rows, request.GET.get("after"), moment="kept_at")
    return render(
        request,
        "community/favourites.html",
        {
            "recordings": [recording_card(one, viewer) for one in page.items],
            "next_url": page.next_url(request),
        },
    )


@login_required
@require_POST
def favourite(request: MemberRequest, public_id: str) -> HttpResponse:
    """Keep a recording (`keep=1`) or stop keeping it."""
    recording = get_visible_or_404(Recording, Viewer.looking(request), public_id=public_id)
    if request.POST.get("keep") == "1":
        services.keep(request.user, recording)
    else:
        services.drop(request.user, recording)
    if request.htmx:
        context = {"recording": {"public_id": recording.public_id}}
        return render(request, "community/favourite_button.html", context)
    return redirect(recording)
