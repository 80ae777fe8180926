"""Calendars of sessions, as RFC 5545 (iCalendar) says them, and the secret address of one's own.

Times are UTC, so that no VTIMEZONE is needed; UIDs hold for good, SEQUENCE counts changes. Whose
sessions are told is decided by who calls: rows come through the gate.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.addresses import absolute
from sessions_app.models import CalendarFeed, Rsvp

CONTENT_TYPE = "text/calendar; charset=utf-8"
WIDTH = 75  # octets of a line, RFC 5545 section 3.1
TENTATIVE = {Rsvp.State.MAYBE, Rsvp.State.WAITING, Rsvp.State.PENDING}


# Secret addresses -------------------------------------------------------------------------


def make_address(user: User) -> str:
    """Make a person's calendar a new secret address and return the secret; the old one ends."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"secret_hash": _hash(secret), "created_at": timezone.now()}
    )
    return secret


def revoke(user: User) -> None:
    """End the address of a person's calendar."""
    CalendarFeed.objects.filter(user=user).delete()


def revoke_row(user: User, feed: CalendarFeed) -> None:
    """End it, where it is shown among what is held about somebody."""
    CalendarFeed.objects.filter(pk=feed.pk, user=user).delete()


def owner_of(secret: str) -> User | None:
    """Return whose calendar a secret opens; None for a false one, and while they are away."""
    rows = CalendarFeed.objects.filter(User.present("user__"), secret_hash=_hash(secret))
    feed = rows.select_related("user").first()
    return feed.user if feed is not None else None


def _hash(secret: str) -> str:
    # 256 random bits need no salt and no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


# iCalendar --------------------------------------------------------------------------------


def calendar(events: Iterable[list[str]], name: str) -> str:
    """Return an iCalendar object (RFC 5545 section 3.4) with these events, folded, CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(settings.SITE_NAME)}//Sessions//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for event in events:
        lines += event
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def event(session: Any, *, title: str, words: str, state: str | None = None) -> list[str]:
    """Return the lines of one session's VEVENT.

    `title`, `words`: what the reader may see of it; `state`: what they answered (`Rsvp.State`).
    """
    if session.cancelled_at is not None:
        status = "CANCELLED"
    else:
        status = "TENTATIVE" if state in TENTATIVE else "CONFIRMED"
    url = absolute(session.get_absolute_url())
    body = "\n\n".join(part for part in (words, url) if part)
    return [
        "BEGIN:VEVENT",
        f"UID:{session.public_id}@{urlsplit(settings.SITE_URL).hostname}",
        f"DTSTAMP:{_utc(session.changed_at)}",
        f"LAST-MODIFIED:{_utc(session.changed_at)}",
        f"SEQUENCE:{session.sequence}",
        f"DTSTART:{_utc(session.starts_at)}",
        f"DTEND:{_utc(session.ends_at)}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(body)}",
        f"LOCATION:{_text(_('in the browser'))}",
        f"URL:{url}",
        f"STATUS:{status}",
        "TRANSP:" + ("TRANSPARENT" if status == "CANCELLED" else "OPAQUE"),
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """Escape a TEXT value, RFC 5545 section 3.3.11; controls that no line may hold are left out."""
    said = words.replace("\r\n", "\n").replace("\r", "\n")
    said = said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(sign for sign in said if sign == "\t" or (ord(sign) >= 32 and ord(sign) != 127))


def _folded(line: str) -> str:
    """Fold a line to 75 octets (section 3.1), never inside a character."""
    parts, part, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > WIDTH:
            parts.append(part)
            part, size = " ", 1
        part, size = part + sign, size + octets
    return "\r\n".join([*parts, part])
