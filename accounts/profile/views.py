"""The form behind a person's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.member_request import MemberRequest
from accounts.profile import places, prose
from accounts.profile.forms import ProfileForm
from accounts.profile.queries import my_profile
from accounts.profile.values import photo_urls
from foundation.limits import spend
from foundation.problems import status_of
from privacy.gate.viewer import Viewer

MORE = 3  # rows that "more rows" adds


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: MemberRequest) -> HttpResponse:
    profile = my_profile(request.user)
    form = ProfileForm(
        request.POST or None, request.FILES or None, profile=profile, person=request.user
    )
    asks_rows = request.POST.get("more", "")
    if asks_rows in form.fields:
        form.fields[asks_rows].widget.more = MORE
    elif request.method == "POST" and form.is_valid():
        form.save()
        form.record_news(request.user, request)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile", username=request.user.username)
    return render(
        request,
        "accounts/edit_profile.html",
        {"form": form, "person": photo_urls(profile, Viewer.looking(request))},
        status=200 if asks_rows else status_of(form),
    )


@login_required
@require_POST
def preview_bio(request: MemberRequest) -> HttpResponse:
    """Show how a text will look. Nothing of it is kept."""
    spend("preview", str(request.user.pk), limit=60, seconds=60)
    text = request.POST.get(request.POST.get("preview", "bio"), "")[:2000]
    template = "preview_part" if request.htmx else "preview"
    return render(request, f"accounts/profile/{template}.html", {"shown": prose.html(text)})


@login_required
@require_safe
def towns(request: HttpRequest) -> HttpResponse:
    """Suggest towns of a country by the beginning of their name; the same for everybody."""
    spend("towns", str(request.user.pk), limit=240, seconds=60)
    country, beginning = request.GET.get("country", ""), request.GET.get("town", "")
    towns_there = places.suggest(country, beginning[:60])
    return render(request, "accounts/profile/towns.html", {"towns": towns_there})
