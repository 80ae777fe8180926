"""What the site keeps in a browser: every cookie and every other store, declared.

The cookie page is made from this list, and a browser test holds it against what a browser really
received. Names may end in `*`, for what follows is the id of a thing.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kept:
    """One thing kept in a browser.

    - `kind`: "cookie", "localStorage", "sessionStorage" or "files" (the browser's private file
      system).
    - `name`: as the browser shows it; may end in `*`.
    - `setting`: the setting that holds the name, where it has one.
    - `needed`: without it, what the person asked for can't work; else it comes with a choice.
    """

    kind: str
    name: str
    purpose: Any
    lifetime: Any
    when: Any
    needed: bool = True
    setting: str = ""

    @property
    def shown(self) -> str:
        return str(getattr(settings, self.setting)) if self.setting else self.name


_kept: list[Kept] = []


def keeps(kind: str, name: str, **about: Any) -> None:
    """Declare one; called from `<app>/privacy.py`."""
    _kept.append(Kept(kind, name, **about))


def kept() -> list[Kept]:
    """Return all, cookies first."""
    return sorted(
        _kept, key=lambda item: (item.kind != "cookie", not item.needed, item.kind, item.name)
    )


def declared(kind: str, name: str) -> bool:
    """Return whether a thing that a browser holds is in the list."""
    return any(item.kind == kind and fnmatchcase(name, item.shown) for item in _kept)


keeps(
    "cookie",
    "",
    setting="SESSION_COOKIE_NAME",
    purpose=_("keeps you signed in"),
    lifetime=_("30 days, or until you sign out"),
    when=_("when you sign in, or answer the first question of signing up"),
)
keeps(
    "cookie",
    "",
    setting="CSRF_COOKIE_NAME",
    purpose=_("proves that a form was sent from our own page"),
    lifetime=_("1 year"),
    when=_("when a page with a form that changes something is opened"),
)
keeps(
    "cookie",
    "",
    setting="CHOICES_COOKIE_NAME",
    purpose=_(
        "remembers what you chose on the cookie page; while you allow usage statistics there, also "
        "a random name for counting"
    ),
    lifetime=_("180 days"),
    when=_("when you choose on the cookie page without an account"),
)
keeps(
    "cookie",
    "apple-login-session",
    purpose=_("carries a sign-in through Apple from its page to ours"),
    lifetime=_("until you close the browser; what it points to ends after minutes"),
    when=_("when you come back from Apple's sign-in page"),
)
keeps(
    "sessionStorage",
    "htmx-current-path-for-history",
    purpose=_("which page of this site the tab is on, for its back button"),
    lifetime=_("until you close the tab"),
    when=_("when you open a page"),
)
keeps(
    "localStorage",
    "jamsite.theme",
    purpose=_("light or dark, as you chose"),
    lifetime=_("until you choose what your system wants, or clear it"),
    when=_("when you switch the theme"),
)
