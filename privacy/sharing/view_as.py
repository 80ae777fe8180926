"""View as: a person looks at their own pages with somebody else's eyes.

The pages are the real ones and so is the gate: only the viewer differs (`decision._rows`). A pose
never shows more than the person sees anyway, and only of their own things.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from privacy.gate.access import can_see, get_visible_or_404, visible
from privacy.gate.audiences import Audience
from privacy.gate.viewer import SOMEBODY, Pose, Via, Viewer

PARAMETER = "as"

# What `?as=` may say besides `@username`: the audience that is posed, and the words for it.
CHOICES: dict[str, tuple[Audience | None, Any]] = {
    "anyone": (Audience.PUBLIC, _("anyone without an account")),
    "search": (None, _("a search engine")),
    "member": (Audience.MEMBERS, _("any member")),
    "follower": (Audience.FOLLOWERS, _("a follower")),
    "jammed": (Audience.JAMMED, _("somebody you played with")),
    "link": (Audience.LINK, _("somebody with the link")),
}


# The same for the page of a band, whose members may all ask.
OF_A_BAND: dict[str, tuple[Audience | None, Any]] = {
    "anyone": CHOICES["anyone"],
    "search": CHOICES["search"],
    "member": (Audience.MEMBERS, _("somebody who is signed in")),
    "fan": (Audience.FANS, _("a follower of the band")),
}


@dataclass(frozen=True)
class Posing:
    """How a page is looked at: by whom, and in which words; `key` is empty when nobody poses."""

    viewer: Viewer
    key: str = ""
    words: Any = ""
    unknown: bool = False
    hidden: bool = False
    offers: Mapping[str, tuple[Audience | None, Any]] = field(default_factory=lambda: CHOICES)

    @property
    def choices(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "words": words, "now": key == self.key}
            for key, (_audience, words) in self.offers.items()
        ]

    def hidden_page(self, request: HttpRequest) -> HttpResponse:
        """Say that the borrowed eyes would meet the 404 here."""
        return render(request, "privacy/hidden.html", {"posing": self})


def looking(
    request: HttpRequest,
    model: type[Model],
    *,
    owner: str,
    offers: Mapping[str, tuple[Audience | None, Any]] = CHOICES,
    **lookup: Any,
) -> Posing:
    """Return how a page about one row is looked at: `?as=follower`, `?as=@name`.

    `owner` is the path to the person whose row it is, `lookup` finds it. Only they can look as
    somebody else: for all others `as` means nothing. A name that they can't see, or that nobody
    has, is `unknown`.
    """
    real = Viewer.looking(request)
    key = request.GET.get(PARAMETER, "")
    if not key or not real.is_member:
        return Posing(real, offers=offers)
    own: Any = visible(model, real).filter(**{owner: real.user_id}, **lookup)
    row = own.first()
    if row is None:
        return Posing(real, offers=offers)
    posing = _as_person(real, key) if key.startswith("@") else _as_one_of(real, key, offers)
    hidden = posing.key != "" and not can_see(posing.viewer, row)
    return replace(posing, hidden=hidden, offers=offers)


def _as_one_of(real: Viewer, key: str, offers: Mapping[str, tuple[Audience | None, Any]]) -> Posing:
    if key not in offers:
        return Posing(real, unknown=True)
    audience, words = offers[key]
    if key == "search":
        viewer = Viewer(via=Via.INDEX, real=real)
    elif audience in {Audience.PUBLIC, Audience.LINK}:
        viewer = Viewer(via=real.via, real=real)
    else:
        viewer = Viewer(SOMEBODY, real.via, real=real)
    return Posing(replace(viewer, pose=Pose(audience, int(real.user_id or 0))), key, words)


def _as_person(real: Viewer, key: str) -> Posing:
    people: Any = visible(get_user_model(), real).exclude(pk=real.user_id or 0)
    try:
        person: Any = get_visible_or_404(people, real, username__iexact=key[1:])
    except Http404:
        return Posing(real, unknown=True)
    return Posing(replace(Viewer.of(person, real.via), real=real), f"@{person.username}",
                  person.username)  # fmt: skip
