"""Who is in a band and who follows it: asking, answering, roles, leaving."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import find_person
from accounts.profile.faces import Faces
from bands import permissions, queries
from bands.forms import InviteForm, SeatForm
from bands.models import Band, BandFollow, BandInvite, BandMember
from bands.services import follows, members
from bands.services.bands import Refused
from bands.views.pages import run_by
from bands.views.presenters import named_row, seat_row
from foundation.limits import spend
from foundation.paging import newest_first
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer

Role = BandMember.Role


def _own_seat(request: MemberRequest, slug: str) -> tuple[Band, BandMember]:
    """Return a band that the person is in, and their seat; whoever else asks gets the 404."""
    viewer = Viewer.looking(request)
    band = queries.find_band(viewer, slug)
    seat = queries.my_seat(viewer, band)
    if seat is None:
        raise Http404
    return band, seat


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the band to its members; POST asks somebody to join."""
    band, seat = _own_seat(request, slug)
    runs = permissions.may_run(seat)
    form = InviteForm(request.POST or None)
    if request.method == "POST":
        if not runs:
            raise Http404
        if form.is_valid() and _invited(request, band, form):
            return redirect("band_members", slug=slug)
    status = 422 if form.errors else 200
    return render(request, "bands/members.html", _people(request, band, seat, form), status=status)


def _invited(request: MemberRequest, band: Band, form: InviteForm) -> bool:
    """Ask the person whom the form names; False, with a word, when that can't be."""
    spend("band-invite", str(request.user.pk), limit=30, seconds=3600)
    name = form.cleaned_data["username"].strip().removeprefix("@")
    try:
        members.invite(band, request.user, find_person(Viewer.looking(request), name))
    except Http404:
        form.add_error("username", _("There is nobody of that name whom you can see."))
    except Refused as refused:
        form.add_error("username", str(refused))
    else:
        messages.success(request, _("They were asked. You are told when they say yes."))
        return True
    return False


def _people(
    request: MemberRequest, band: Band, seat: BandMember, form: InviteForm
) -> dict[str, Any]:
    viewer = Viewer.looking(request)
    seats = queries.whole_lineup(viewer, band)
    faces = Faces(viewer)
    runs, owns = permissions.may_run(seat), permissions.may_own(seat)
    rows = [
        {
            **seat_row(member, viewer, faces),
            "may_take_out": permissions.may_take_out(seat, member),
            "roles": [
                {"role": role, "word": Role(role).label}
                for role in Role.values
                if role != member.role
            ]
            if owns
            else [],
        }
        for member in seats
    ]
    context = {
        "band": {"name": band.name, "slug": band.slug, "url": band.get_absolute_url(),
                 "approves_followers": band.approves_followers},
        "seats": rows,
        "runs": runs,
        "owns": owns,
        "seat_form": SeatForm(instance=seat),
        "form": form,
    }  # fmt: skip
    if not runs:
        return context
    page: Any = newest_first(queries.followers(viewer, band), request.GET.get("after"))
    return {
        **context,
        "invites": [named_row(invite, "invited") for invite in queries.invites_of(viewer, band)],
        "requests": [
            named_row(follow, "follower") for follow in queries.follow_requests(viewer, band)
        ],
        "followers": [named_row(row, "follower") for row in page.items],
        "next_url": page.next_url(request),
    }


@login_required
@require_POST
def change_member(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """Give somebody a role (`role=admin`), or take them out (`out=1`)."""
    band, _mine = run_by(request, slug)
    seats = visible(BandMember, Viewer.looking(request)).filter(band=band)
    seat = get_visible_or_404(seats, Viewer.looking(request), public_id=public_id)
    try:
        if request.POST.get("out") == "1":
            members.remove(seat, request.user)
            messages.success(request, _("They are out of the band, and were told."))
        elif request.POST.get("role") in Role.values:
            members.change_role(seat, request.user, request.POST["role"])
            messages.success(request, _("Their role is changed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("band_members", slug=slug)


@login_required
@require_POST
def my_place(request: MemberRequest, slug: str) -> HttpResponse:
    """Change what one plays in the band, and who may see that one is in it."""
    _band, seat = _own_seat(request, slug)
    form = SeatForm(request.POST, instance=seat)
    if form.is_valid():
        members.describe(seat, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on, everywhere."))
    else:
        messages.error(request, _("That didn't fit. Nothing was changed."))
    return redirect("band_members", slug=slug)


@login_required
@require_POST
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    band, _seat = _own_seat(request, slug)
    try:
        members.leave(band, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("band_members", slug=slug)
    messages.success(request, _("You left the band. Your sessions and recordings stay yours."))
    return redirect("bands")


@login_required
@require_POST
def answer_invite(request: MemberRequest, public_id: str) -> HttpResponse:
    """Say yes (`yes=1`) or no to an invitation; who runs the band takes it back."""
    invite = get_visible_or_404(BandInvite, Viewer.looking(request), public_id=public_id)
    band = invite.band
    try:
        if invite.invited_id != request.user.pk:
            members.take_back(invite, request.user)
            messages.success(request, _("The invitation is taken back."))
            return redirect("band_members", slug=band.slug)
        if request.POST.get("yes") != "1":
            members.decline(invite, request.user)
            messages.success(request, _("You said no. Nobody was told."))
            return redirect("bands")
        form = SeatForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("That didn't fit. The invitation still waits for you."))
            return redirect("bands")
        members.accept(invite, request.user, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("bands")
    messages.success(request, _("You are in the band."))
    return redirect(band)


@login_required
@require_POST
def follow(request: MemberRequest, slug: str) -> HttpResponse:
    """Follow a band, or ask to (`follow=1`), or stop."""
    band = queries.find_band(Viewer.looking(request), slug)
    if request.POST.get("follow") != "1":
        follows.unfollow(band, request.user)
        messages.success(request, _("You don't follow the band any more."))
        return redirect("bands")  # it may be for its followers alone
    spend("follow", str(request.user.pk), limit=200, seconds=3600)
    try:
        made = follows.follow(band, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        accepted = made.state == BandFollow.State.ACCEPTED
        done = _("You follow the band now.") if accepted else _("The band was asked. It decides.")
        messages.success(request, done)
    return redirect(band)


@login_required
@require_POST
def change_follow(request: MemberRequest, public_id: str) -> HttpResponse:
    """Let somebody follow (`accept=1`) or end their follow, as who runs the band."""
    row = get_visible_or_404(BandFollow, Viewer.looking(request), public_id=public_id)
    band = row.band
    if row.follower_id == request.user.pk:
        follows.stop(request.user, row)
        messages.success(request, _("You don't follow the band any more."))
        return redirect("bands")
    yes = request.POST.get("accept") == "1"
    try:
        follows.answer(row, request.user, yes=yes)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = _("They follow the band now.") if yes else _("That is over. Nobody was told.")
        messages.success(request, done)
    return redirect("band_members", slug=band.slug)
