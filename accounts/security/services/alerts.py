"""Security alerts: in the product and by mail, each letter with a link that locks the account.

The letters' rows go when they are sent, and links are kept as hashes: who reads the database finds
no way in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.security.models import SafetyEvent, SafetyLink
from accounts.security.services import safety_links
from privacy import notices

Kind = SafetyEvent.Kind


@dataclass(frozen=True)
class Alert:
    """What is told: one sentence of what happened, and to whom it is mailed.

    - `to`: addresses that the letter goes to, with a link that locks; the account's own if empty.
    - `also`: addresses that are told without any link.
    - `undo_for`: an address that was the account's own until now; its letter can bring it back.
    """

    kind: str
    text: str
    detail: str = ""
    to: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    undo_for: str = ""


@transaction.atomic
def tell(user: User, alert: Alert) -> None:
    """Note what happened, tell it in the product, and mail it."""
    note(user, alert.kind, alert.detail)
    title = str(Kind(alert.kind).label)
    notices.tell(user, "safety", title, alert.text, url=reverse("sign_ins"), mail=False)
    for address in alert.to or (user.email,):
        notices.write(address, "alert", title, "\n\n".join(_letter(user, alert, address)))
    for address in alert.also:
        notices.write(address, "alert", title, alert.text)


def note(user: User, kind: str, detail: str = "") -> None:
    """Write to the log of the account, which nobody can shorten."""
    SafetyEvent.objects.create(user=user, kind=kind, detail=detail[:200])


def _letter(user: User, alert: Alert, address: str) -> Iterable[str]:
    yield alert.text
    yield _("If that was you, there is nothing to do.")
    if address and address == alert.undo_for:
        link = safety_links.make(user, SafetyLink.Does.UNDO, address)
        yield _(
            "If it wasn't: bring this address back. Everybody is signed out, all other addresses "
            "are removed from the account, and you set a new password. The link works once, for "
            "seven days:"
        )
        yield link
        yield _("Or lock the account without changing the address:")
    else:
        yield _(
            "If it wasn't, lock your account. Everybody is signed out everywhere, and nobody comes "
            "in before a new password was set with a link sent to this address. The link works "
            "once, for seven days:"
        )
    yield safety_links.make(user, SafetyLink.Does.LOCK, address)


def alert(user: User, kind: str, text: str, **about: Any) -> None:
    """Shorthand of `tell`."""
    tell(user, Alert(kind, text, **about))
