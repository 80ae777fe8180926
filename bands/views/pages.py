"""Pages of bands: one's own, a new one, its page's form, its end. The band's page: community."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile.vocabulary import GENRES
from bands import permissions, queries
from bands.forms import BandForm, EndForm, FoundForm, SeatForm
from bands.models import Band, BandMember
from bands.services import bands, members
from bands.views.presenters import band_card, invite_row, own_band
from foundation.limits import spend
from foundation.problems import status_of
from privacy.gate.viewer import Viewer


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the bands one may see, newest first; above them one's own, and who asks one to join."""
    viewer = Viewer.looking(request)
    genre = request.GET.get("genre", "")
    page = queries.page_of_bands(viewer, genre, request.GET.get("after"))
    mine = queries.my_seats(viewer).order_by("-since", "-pk") if viewer.is_member else []
    invites = queries.invites_to(viewer) if viewer.is_member else []
    return render(
        request,
        "bands/list.html",
        {
            "bands": [band_card(queries.emptied(row), viewer) for row in page.items],
            "next_url": page.next_url(request),
            "mine": [own_band(seat) for seat in mine],
            "invites": [invite_row(invite) for invite in invites],
            "seat_form": SeatForm(initial={"audience": _first(request)}) if invites else None,
            "genres": sorted(GENRES.items(), key=lambda pair: str(pair[1])),
            "genre": genre,
        },
    )


def _first(request: Any) -> str:
    return bands.first_audience(request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: MemberRequest) -> HttpResponse:
    """Found a band."""
    form = FoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend("found-band", str(request.user.pk), limit=10, seconds=86_400)
        try:
            made = bands.found(request.user, **form.cleaned_data)
        except bands.Refused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error("slug", error)
        else:
            messages.success(request, _("Here is your band. Say something about it, and invite."))
            return redirect("band_members", slug=made.slug)
    status = 422 if form.errors else 200
    return render(request, "bands/found.html", {"form": form}, status=status)


def run_by(request: MemberRequest, slug: str) -> tuple[Band, BandMember]:
    """Return a band that the person runs, and their seat; whoever else asks gets the 404."""
    viewer = Viewer.looking(request)
    band = queries.find_band(viewer, slug)
    seat = queries.my_seat(viewer, band)
    if seat is None or not permissions.may_run(seat):
        raise Http404
    return band, seat


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    band, _seat = run_by(request, slug)
    form = BandForm(request.POST or None, request.FILES or None, instance=band, by=request.user.pk)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds from now on, everywhere."))
        return redirect(band)
    viewer = Viewer.looking(request)
    kept = queries.find_band(viewer, slug)  # the form has changed its own
    return render(
        request,
        "bands/edit.html",
        {"form": form, "band": band_card(kept, viewer)},
        status=status_of(form),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: MemberRequest, slug: str) -> HttpResponse:
    """End a band, as an owner who types its address."""
    band, seat = run_by(request, slug)
    if not permissions.may_own(seat):
        raise Http404
    form = EndForm(request.POST or None, band=band)
    if request.method == "POST" and form.is_valid():
        try:
            members.close(band, request.user)
        except bands.Refused as refused:
            messages.error(request, str(refused))
            return redirect(band)
        messages.success(request, _("The band has ended. What you played stays yours."))
        return redirect("bands")
    context = {"form": form, "band": {"name": band.name, "slug": band.slug}}
    return render(request, "bands/end.html", context, status=422 if form.errors else 200)
