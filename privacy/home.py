"""The privacy home: seven doors, and the record behind them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from foundation import settings_map


@dataclass(frozen=True)
class Door:
    """One door: the name of its route, an icon, a title, what is behind it."""

    route: str
    icon: str
    title: Any
    text: Any
    danger: bool = False

    @property
    def url(self) -> str:
        return reverse(self.route)


DOORS = (
    Door("seen", "eye", _("What you see of me"), _("Your pages as others meet them.")),
    Door("held", "book", _("What Jamsite holds"), _("Every kind of data about you, and why.")),
    Door("sharing", "plug", _("Sharing and apps"), _("Links, apps, search engines, followers.")),
    Door("consent", "check", _("Purposes and consent"), _("What you agreed to. Change it here.")),
    Door("requests", "mail", _("My requests"), _("Ask for anything that settings can't do.")),
    Door("exports", "box", _("Take my data"), _("One file with all of it, sounds included.")),
    Door("leave", "door", _("Leave"), _("See what happens to everything, then decide."), True),
)


@login_required
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    open_doors = [
        door for door in DOORS if _opens(door) and settings_map.is_open(door.route, request.user)
    ]
    behind = {door.route for door in open_doors}
    rows = [row for row in settings_map.rows("privacy", request.user) if row.route not in behind]
    return render(request, "privacy/home.html", {"doors": open_doors, "rows": rows})


def _opens(door: Door) -> bool:
    try:
        return bool(door.url)
    except NoReverseMatch:
        return False
