"""Kinds of notices: what each is for, and what may stop it. Add one with `kind(…)`, and no more.

Settings, their index, what each person wants, quiet hours, mail and the page of notices follow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from privacy.notices.models import Notice


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    - `while_leaving`: goes also to who is leaving (their rights, their safety); others stay unsent.
    - `still`: asked when the mail is about to go; False drops the mail and keeps the notice.
    - `headers`: more headers of the mail, such as List-Unsubscribe.
    - `why`: last line of the mail, or what makes it: why they get it, and how to end it.
    - `whole`: title and text are subject and body as they are, with nothing around them.
    - `title`, `text`: what it is called in the settings, and one sentence of what comes; a kind
      without a title is none that people are asked about.
    - `choosable`: each person may have it in the product, by mail, both or neither; `product` and
      `mail` are what holds until they choose. All others always come.
    - `urgent`: quiet hours hold neither its mail nor its mark back.
    - `to`: of a kind that many are told of one row (`notices.tell_all`), the people it is for;
      asked when they are told and once more when a mail is about to go. Who of them may see the
      row is the gate's to say, who wants the kind their own.
    - `told`: the title and the text of such a notice; they name nobody.
    """

    key: str
    title: Any = ""
    text: Any = ""
    choosable: bool = False
    product: bool = True
    mail: bool = True
    urgent: bool = False
    while_leaving: bool = False
    still: Callable[[Notice], bool] = lambda notice: True
    headers: Callable[[Notice], Mapping[str, str]] = lambda notice: {}
    why: str | Callable[[Notice], str] = ""
    whole: bool = False
    to: Callable[[Any], QuerySet[Any]] | None = None
    told: tuple[Any, Any] = ("", "")


_kinds: dict[str, Kind] = {}


def kind(key: str, **about: Any) -> Kind:
    """Declare a kind of notice; called from `<app>/privacy.py` or beside its service."""
    if key in _kinds:
        raise ValueError(f"notice kind {key} is declared twice")
    _kinds[key] = Kind(key, **about)
    return _kinds[key]


def kind_of(key: str) -> Kind:
    """Return the kind of this key, or raise KeyError."""
    return _kinds[key]


def kinds() -> list[Kind]:
    """Return the kinds that people are told of in their settings."""
    return [kind for kind in _kinds.values() if kind.title]


def urgent() -> list[str]:
    """Return the keys of the kinds that quiet hours don't hold back."""
    return [kind.key for kind in _kinds.values() if kind.urgent]


def find(key: str) -> Kind | None:
    """Return the kind of this key, or None: a kind may have gone while its mail waited."""
    return _kinds.get(key)


kind("entrance", whole=True)  # sign-up, sign-in, passwords: allauth's own letters
kind(
    "safety",
    while_leaving=True,
    urgent=True,
    title=_("Security alerts"),
    text=_("A new sign-in, a new password or address, an account about to lapse."),
)
kind(
    "rights",
    while_leaving=True,
    title=_("Your requests and your data"),
    text=_("Answers of our support, copies that are ready, what was given to whom."),
)
kind(
    "account",
    choosable=True,
    title=_("Service notices"),
    text=_("What changes for you on this site, such as maintenance that ends what you do."),
)
kind("desk", why="You get this because this address is the site's contact for requests.")
