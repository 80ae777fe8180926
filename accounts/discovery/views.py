"""Finding musicians, and saying that one would like to play now."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.discovery import queries
from accounts.discovery.forms import FindForm
from accounts.identity.member_request import MemberRequest
from accounts.identity.models import User
from accounts.profile.models import Profile
from accounts.profile.presenters import present_found
from accounts.profile.queries import my_profile
from accounts.profile.services import profiles
from foundation.limits import network_of, spend
from foundation.middleware import reads_words
from foundation.paging import Page
from privacy.gate.viewer import Viewer

HOURS = (1, 2, 4)


def looks_for_strangers(user: Any) -> bool:
    """Whether somebody may look for people they don't know; children have a circle instead."""
    return getattr(user, "age_group", "") != User.AgeGroup.CHILD


def count_search(request: Any) -> None:
    """Count a search: enough for whoever looks for people, too few for whoever lists them all."""
    member = request.user.is_authenticated
    who = f"user:{request.user.pk}" if member else network_of(request)
    spend("find", who, limit=120, seconds=600)


@reads_words
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """List musicians who want to be found and are what is looked for. Nothing of it is kept."""
    viewer = Viewer.looking(request)
    count_search(request)
    form = FindForm(request.GET)
    page: Page[Any] = Page([], None)
    if form.is_valid():
        page = queries.cards(viewer, form.wanted(), request.GET.get("after"))
    me = my_profile(request.user) if viewer.is_member else None
    context = {
        "form": form,
        "said": form.said() if form.is_valid() else [],
        "searched": any(request.GET.get(name) for name in form.fields),
        "people": [present_found(row, viewer) for row in page.items],
        "next_url": page.next_url(request),
        "may_look": looks_for_strangers(request.user),
        "me": me and {"findable": me.findable, "open_now_until": _until(me)},
        "noindex": True,
    }
    response = render(request, "accounts/find.html", context, status=422 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page_before(request: HttpRequest) -> str:
    """Return the page of ours where the button was, or the list of musicians.

    A field with the address would do too, but pages that say "not found" must not repeat theirs.
    """
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return reverse("find")
    ours = before.netloc == request.get_host() and before.path.startswith("/")
    path = before._replace(scheme="", netloc="", fragment="").geturl()
    safe = ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else reverse("find")


def _until(me: Profile) -> Any:
    return me.available_until if me.is_available else None


@login_required
@require_POST
def open_to_jam(request: MemberRequest) -> HttpResponse:
    """Say that one would like to play for the next hours, or (0) not any more."""
    back = _page_before(request)
    said = request.POST.get("hours", "")
    if said not in {"0", *map(str, HOURS)} or not looks_for_strangers(request.user):
        messages.error(request, _("That can't be said. Nothing was changed."))
        return redirect(back)
    hours = int(said)
    profiles.open_to_jam(request.user, timezone.now() + timedelta(hours=hours) if hours else None)
    if not hours:
        messages.success(request, _("You aren't open to jam any more."))
    elif my_profile(request.user).findable:
        messages.success(request, _("Open to jam. It ends by itself."))
    else:
        messages.success(
            request,
            _("Open to jam: your profile says so. In the list of musicians you are only if "
              "you say there that they may find you."),
        )  # fmt: skip
    return redirect(back)
