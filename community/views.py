"""Pages where people meet each other's music."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.connections.queries import may_meet
from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import find_person
from accounts.models import User
from accounts.profile.faces import Faces
from accounts.profile.presenters import person_preview, present_about, present_person
from accounts.profile.queries import my_profile, profile_for, public_face
from bands.views.presenters import of_person
from community import queries, services
from community.forms import FavouritesForm
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer
from privacy.sharing import previews
from privacy.sharing.view_as import looking
from sessions_app import lists
from sessions_app.models import Recording
from sessions_app.views.presenters import recording_card, session_card


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person, as this viewer may see them."""
    posing = looking(request, User, owner="pk", username__iexact=username)
    if posing.hidden:
        return posing.hidden_page(request)
    viewer = posing.viewer
    faces = Faces(viewer)
    row = profile_for(viewer, username)
    key = row.user_id
    takes: Any = lists.recordings_with.page(viewer, request.GET.get("after"), person=key)
    played = lists.sessions_of.all(viewer, person=key)
    may_write = viewer.is_member and key not in {viewer.user_id, request.user.pk}
    me = request.user
    if may_write and me.is_authenticated and (me.is_child or row.user.is_child):
        may_write = may_meet(me, [key])  # what would be refused isn't offered
    to = f"{reverse('conversations')}?to={row.user.username}"
    beside = queries.beside(viewer, row.user)
    person = present_person(row, viewer)
    page = render(
        request,
        "accounts/profile.html",
        {
            "person": person,
            "about": present_about(person),
            "posing": posing,
            "message_url": to if may_write else None,
            "recordings": [
                recording_card(take, viewer, faces)
                for take in lists.with_sound_and_players(takes.items, viewer)
            ],
            "next_url": takes.next_url(request),
            "sessions": [session_card(jam, faces) for jam in lists.with_inside(played, viewer)],
            "bands": [of_person(seat) for seat in beside["in_bands"]],
            "ties": {key: beside[key] for key in ("follow", "muted")} if may_write else None,
            "favourites_url": reverse("favourites_of", args=[row.user.username])
            if beside["keeps"]
            else None,
            **previews.context(row.user, person_preview(row.user, public_face(row, viewer))),
        },
    )
    return previews.ask_robots(page, row.user)


@require_safe
def favourites_of(request: HttpRequest, username: str) -> HttpResponse:
    """What somebody keeps, as far as they show it and the viewer may hear it."""
    viewer = Viewer.looking(request)
    person = find_person(viewer, username)
    faces = Faces(viewer)
    page: Any = queries.kept_by.page(viewer, request.GET.get("after"), person=person.pk)
    context = {
        "person": {"username": person.username},
        "recordings": [
            recording_card(take, viewer, faces)
            for take in lists.with_sound_and_players(page.items, viewer)
        ],
        "next_url": page.next_url(request),
    }
    response = render(request, "community/favourites_of.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def favourites_audience(request: MemberRequest) -> HttpResponse:
    form = FavouritesForm(request.POST, instance=my_profile(request.user))
    if form.is_valid():
        services.show_favourites_to(request.user, form.cleaned_data["favourites_audience"])
        messages.success(request, _("The new audience holds from now on, everywhere."))
    else:
        messages.error(request, _("That is no audience for favourites. Nothing was changed."))
    return redirect("favourites")


@login_required
@require_safe
def favourites(request: MemberRequest) -> HttpResponse:
    viewer = Viewer.looking(request)
    faces = Faces(viewer)
    page: Any = queries.kept.page(viewer, request.GET.get("after"))
    return render(
        request,
        "community/favourites.html",
        {
            "recordings": [
                recording_card(take, viewer, faces)
                for take in lists.with_sound_and_players(page.items, viewer)
            ],
            "next_url": page.next_url(request),
            # A child's list is shown to nobody, and has nothing to choose.
            "audience_form": None
            if request.user.is_child
            else FavouritesForm(instance=my_profile(request.user)),
            "audience_url": reverse("favourites_audience"),
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
    if request.POST.get("from") == "list":
        messages.success(request, _("It is off your favourites."))
        return redirect("favourites")
    return redirect(recording)
