"""What others see of a person: who is in an audience now, and the page that tells all of it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Model
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.identity.member_request import MemberRequest
from accounts.models import Profile
from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.queries import my_profile, my_shown_profile
from accounts.profile.values import photo_urls
from community.known import STEPS, roughly, shown_of
from privacy.gate.access import audience_of, get_visible_or_404, visible, with_visible_fields
from privacy.gate.audiences import Audience
from privacy.gate.rules import rule_of, value_at
from privacy.gate.viewer import Viewer
from privacy.sharing.view_as import CHOICES
from sessions_app.models import JamSession, Recording

FACES = 12

SHOWN = {
    **{name: field.label for name, field in PROFILE_FIELDS.items()},
    "favourites": _("Favourites"),
}


@login_required
@require_safe
def recording_who(request: MemberRequest, public_id: str) -> HttpResponse:
    """Tell who may hear a recording of one's own now: how many, and faces.

    Somebody else's is the 404 of a missing one: who is in an audience is between the owner and
    those people.
    """
    viewer = Viewer.looking(request)
    mine = Recording.objects.filter(owner=request.user)
    return _told(request, viewer, get_visible_or_404(mine, viewer, public_id=public_id))


@login_required
@require_safe
def jam_who(request: MemberRequest, public_id: str) -> HttpResponse:
    """Tell who may see a session of one's own now."""
    viewer = Viewer.looking(request)
    mine = JamSession.objects.filter(host=request.user)
    return _told(request, viewer, get_visible_or_404(mine, viewer, public_id=public_id))


@login_required
@require_safe
def seen_who(request: MemberRequest) -> HttpResponse:
    """Tell who may see one field of one's own profile now: `?field=bio`."""
    field = request.GET.get("field", "photo")
    if field not in SHOWN:
        raise Http404
    return _told(request, Viewer.looking(request), my_profile(request.user), field)


def _told(
    request: MemberRequest, viewer: Viewer, obj: Any, field: str | None = None
) -> HttpResponse:
    template = "community/who_part.html" if request.htmx else "community/who.html"
    return render(request, template, _who(viewer, obj, field, _audience(obj, field)))


def _audience(obj: Any, field: str | None) -> str:
    path = f"{field}_audience" if field else (rule_of(type(obj)).audience or "")
    return str(value_at(obj, path)) if path else Audience.PUBLIC.value


def _who(viewer: Viewer, obj: Any, field: str | None, audience: str) -> dict[str, Any]:
    """Return the people in an audience whom its owner may know there, and how many others, roughly.

    `faces` are some of the `known`; `others` is what `roughly` says.
    """
    named = field if field in rule_of(type(obj)).fields else None
    people = audience_of(obj, named).exclude(pk=viewer.user_id).order_by()
    shown = shown_of(people, viewer, obj)
    known = shown.count()
    others = people.exclude(pk__in=shown.values("pk"))[: STEPS[-1]].count()
    profiles = with_visible_fields(Profile.objects.filter(user__in=shown.values("pk")), viewer)
    faces = [
        {
            "name": row.user.username,
            "url": reverse("profile", args=[row.user.username]),
            "photo_url": photo_urls(row, viewer)["photo_small_url"] if row.sees_photo else None,  # type: ignore[attr-defined]
        }
        for row in profiles.select_related("user").order_by("user__username")[:FACES]
    ]
    return {
        "audience": audience,
        "known": known,
        "faces": faces,
        "unshown": known - len(faces),
        "others": roughly(others),
    }


@login_required
@require_safe
def seen(request: MemberRequest) -> HttpResponse:
    """Tell what others see of the signed-in person, thing by thing."""
    viewer = Viewer.looking(request)
    profile = my_shown_profile(viewer)
    me_url = reverse("profile", args=[request.user.username])
    fields = [
        {
            "label": label,
            "audience": getattr(profile, f"{name}_audience"),
            "empty": name in PROFILE_FIELDS and not PROFILE_FIELDS[name].is_told(profile),
            "who_url": f"{reverse('seen_who')}?field={name}",
        }
        for name, label in SHOWN.items()
    ]
    return render(
        request,
        "community/seen.html",
        {
            "fields": fields,
            "recordings": _by_audience(Recording, viewer, "owner"),
            "sessions": _by_audience(JamSession, viewer, "host"),
            "views": [
                {"url": f"{me_url}?as={key}", "words": words}
                for key, (_audience_of, words) in CHOICES.items()
                if key != "link"  # a profile has no secret link
            ],
        },
    )


def _by_audience(model: type[Model], viewer: Viewer, owner: str) -> list[dict[str, Any]]:
    """Return how many of the person's own things each audience may see, widest first."""
    rows: Any = visible(model, viewer).filter(**{owner: viewer.user_id}).order_by()
    counts = dict(rows.values_list("audience").annotate(Count("pk")))
    return [
        {"audience": audience.value, "count": counts[audience.value]}
        for audience in Audience
        if audience.value in counts
    ]
