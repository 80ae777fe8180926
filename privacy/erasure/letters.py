"""What a person is written when they leave. To an address, as nobody signs in for it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation import sealing
from foundation.addresses import absolute
from privacy import notices
from privacy.erasure import leave_links
from privacy.erasure.hooks import if_they_stay
from privacy.erasure.models import Erasure, LeaveLink, Receipt

KIND = "leaving"
notices.kind(KIND, while_leaving=True, why="You get this because of a request to leave Jamsite.")


def left(erasure: Erasure, user: Any) -> None:
    """Confirm the request: the date, the way back, and the link that needs no account."""
    if erasure.way in Erasure.AT_ONCE:
        _left_at_once(erasure, user)
        return
    text = _(
        "Everything of yours is out of sight, for everyone. On %(date)s it will be erased for"
        " good.\n\nThis link shows how far that is, lets you stay after all until then, and will"
        " hold your receipt. Keep it: nobody can make it anew once you are gone.\n\n%(link)s\n\n"
        "If you did not ask for this, open the link and stay, then change your password."
    ) % {
        "date": erasure.purge_at.date().isoformat(),
        "link": absolute(leave_links.of_erasure(erasure)),
    }
    _write(user.email, _("You are leaving"), text)


def _left_at_once(erasure: Erasure, user: Any) -> None:
    text = _(
        "A child's account that belongs to this address is out of sight, for everyone, and is"
        " being erased for good: %(why)s.\n\nThis link shows how far that is, and will hold the"
        " receipt. Keep it: nobody can make it anew.\n\n%(link)s"
    ) % {
        "why": erasure.get_way_display(),
        "link": absolute(leave_links.of_erasure(erasure)),
    }
    _write(user.email, _("The account is being erased"), text)


def came_back(erasure: Erasure, user: Any) -> None:
    lists = if_they_stay()
    text = _(
        "Your leaving was cancelled.\n\nWhat is back:\n%(back)s\n\n"
        "What does not come back:\n%(gone)s"
    ) % {
        "back": "\n".join(f"– {line}" for line in lists["returns"]),
        "gone": "\n".join(f"– {line}" for line in lists["ends"]),
    }
    _write(user.email, _("You stay"), text)


def confirm(link: LeaveLink, user: Any, path: str) -> None:
    """Send the link that confirms a request made without signing in."""
    text = _(
        "Somebody asked us to erase the account that belongs to this address. If that was you,"
        " open this link and confirm; it works once, until %(until)s (UTC).\n\n%(link)s\n\n"
        "If it was not you, do nothing: without the link nothing happens."
    ) % {"until": f"{link.expires_at:%Y-%m-%d %H:%M}", "link": absolute(path)}
    _write(user.email, _("Confirm that you want to leave"), text)


def erased(erasure: Erasure, receipt: Receipt) -> None:
    """Hand over the receipt, and forget the address: this is all that it was kept for."""
    if erasure.contact is None:
        return
    text = _(
        "Everything of yours has been erased. Backups that still hold it are gone by %(date)s;"
        " the second receipt, which says so, will then be at the same place. We have no address"
        " of yours any more, so this is our last letter.\n\nYour receipt:\n%(link)s"
    ) % {
        "date": erasure.backups_expire_at.date().isoformat() if erasure.backups_expire_at else "",
        "link": absolute(leave_links.of_erasure(erasure)),
    }
    try:
        address = sealing.unseal(erasure.contact)
    except sealing.Unreadable:
        address = ""  # sealed under a key nobody has any more: the receipt waits at its link
    if address:
        _write(address, _("You are erased: your receipt"), text)
    Erasure.objects.filter(pk=erasure.pk).update(contact=None)


def _write(address: str, subject: str, text: str) -> None:
    with override(settings.LANGUAGE_CODE):
        notices.write(notices.reach(address), KIND, subject, text)
