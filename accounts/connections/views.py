"""Following, muting, blocking, and the lists of each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.connections import queries, services
from accounts.connections.models import Block, Follow, Mute
from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import find_person, shown_person
from foundation.limits import spend
from foundation.paging import newest_first
from privacy.gate.access import get_visible_or_404
from privacy.gate.viewer import Viewer


@login_required
@require_POST
def follow(request: MemberRequest, username: str) -> HttpResponse:
    """Follow a person, or ask to (`follow=1`), or stop."""
    other = find_person(Viewer.looking(request), username)
    if request.POST.get("follow") == "1":
        spend("follow", str(request.user.pk), limit=200, seconds=3600)
        # Each asking tells the other: nobody is to be asked again and again.
        spend("ask", f"{request.user.pk}-{other.pk}", limit=5, seconds=86400)
        try:
            made = services.follow(request.user, other)
        except services.Refused:
            messages.error(request, _("You can't follow this person. Nothing was changed."))
        else:
            accepted = made.state == Follow.State.ACCEPTED
            done = _("You follow them now.") if accepted else _("They were asked. They decide.")
            messages.success(request, done)
    else:
        services.unfollow(request.user, other)
        messages.success(request, _("You don't follow them any more."))
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("profile", username=other.username)


@login_required
@require_POST
def mute(request: MemberRequest, username: str) -> HttpResponse:
    """Hear no more of a person (`mute=1`), or again. They aren't told, and lose nothing."""
    other = find_person(Viewer.looking(request), username)
    spend("mute", str(request.user.pk), limit=200, seconds=3600)
    if request.POST.get("mute") == "1":
        try:
            services.mute(request.user, other)
        except services.Refused:
            messages.error(request, _("You can't mute this account. Nothing was changed."))
        else:
            messages.success(request, _("Muted. Your lists and notices leave them out now."))
    else:
        services.unmute(request.user, other)
        messages.success(request, _("You hear of them again."))
    return redirect("profile", username=other.username)


@login_required
@require_safe
def mutes(request: MemberRequest) -> HttpResponse:
    """List whom the person muted; nobody else sees this list."""
    viewer = Viewer.looking(request)
    page: Any = newest_first(queries.mutes(viewer), request.GET.get("after"))
    rows = [(row, shown_person(row, "muted")) for row in page.items]
    shapes = [
        {
            "name": person.username if person else _("Somebody you can't see now"),
            "url": reverse("profile", args=[person.username]) if person else "",
            "since": row.created_at,
            "unmute_url": reverse("unmute", args=[row.public_id]),
        }
        for row, person in rows
    ]
    context = {"mutes": shapes, "next_url": page.next_url(request)}
    return render(request, "accounts/mutes.html", context)


@login_required
@require_POST
def unmute(request: MemberRequest, public_id: str) -> HttpResponse:
    row = get_visible_or_404(Mute, Viewer.looking(request), public_id=public_id)
    services.take_back_mute(request.user, row)
    messages.success(request, _("You hear of them again."))
    return redirect("mutes")


@login_required
@require_POST
def block(request: MemberRequest, username: str) -> HttpResponse:
    """Keep a person and oneself apart from now on."""
    other = find_person(Viewer.looking(request), username)
    spend("block", str(request.user.pk), limit=200, seconds=3600)
    try:
        services.block(request.user, other)
    except services.Refused:
        messages.error(request, _("You can't block this account. Nothing was changed."))
        return redirect("profile", username=other.username)
    messages.success(request, _("Blocked. From now on neither of you sees the other."))
    return redirect("blocks")


@login_required
@require_safe
def blocks(request: MemberRequest) -> HttpResponse:
    """List whom the person blocked; nobody else sees this list."""
    viewer = Viewer.looking(request)
    page: Any = newest_first(queries.blocks(viewer), request.GET.get("after"))
    rows = [(row, shown_person(row, "blocked")) for row in page.items]
    shapes = [
        {
            "name": person.username if person else _("Somebody you can't see now"),
            "since": row.created_at,
            "unblock_url": reverse("unblock", args=[row.public_id]),
        }
        for row, person in rows
    ]
    context = {"blocks": shapes, "next_url": page.next_url(request)}
    return render(request, "accounts/blocks.html", context)


@login_required
@require_POST
def unblock(request: MemberRequest, public_id: str) -> HttpResponse:
    services.unblock(get_visible_or_404(Block, Viewer.looking(request), public_id=public_id))
    messages.success(request, _("Taken back. You can meet again; follows don't return."))
    return redirect("blocks")


@login_required
@require_safe
def followers(request: MemberRequest) -> HttpResponse:
    """List who asks to follow, who follows, and whom one follows: for oneself alone."""
    viewer = Viewer.looking(request)
    show = request.GET.get("show", "")
    side = "followee" if show == "following" else "follower"
    rows = queries.following(viewer) if side == "followee" else queries.followers(viewer)
    page: Any = newest_first(rows, request.GET.get("after"))
    context = {
        "requests": [_row(follow, "follower") for follow in queries.follow_requests(viewer)],
        "people": [_row(row, side) for row in page.items],
        "following": side == "followee",
        "next_url": page.next_url(request),
    }
    return render(request, "accounts/followers.html", context)


def _row(tie: Follow, side: str) -> dict[str, Any]:
    person = shown_person(tie, side)
    name = person.username if person else ""
    return {
        "name": name or _("Somebody who left"),
        "url": reverse("profile", args=[name]) if name else "",
        "waiting": tie.state == Follow.State.REQUESTED,
        "change_url": reverse("change_follow", args=[tie.public_id]),
    }


@login_required
@require_POST
def change_follow(request: MemberRequest, public_id: str) -> HttpResponse:
    """Accept a request (`accept=1`), or end a follow from either side."""
    viewer = Viewer.looking(request)
    tie = get_visible_or_404(Follow, viewer, public_id=public_id)
    if request.POST.get("accept") == "1" and tie.followee_id == viewer.user_id:
        services.accept(tie)
        messages.success(request, _("They follow you now."))
    else:
        services.end_follow(tie)
        messages.success(request, _("That is over. Nobody was told."))
    return redirect("followers")
