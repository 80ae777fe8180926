"""Crash reports of browsers: which line of our scripts broke, and nothing about whom.

What comes in is not trusted. Of the stack only names of functions and places in our own files are
kept; of the message, words that can't be anybody's: quoted text, addresses, ids, numbers and
usernames are taken out.
"""

import hashlib
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.db.models import F
from django.db.models.functions import Upper
from django.urls import Resolver404, resolve
from django.utils import timezone

from privacy.telemetry.models import CrashReport

KEPT = timedelta(days=90)
MAX_BYTES = 8 * 1024
MAX_FRAMES = 20
_FRAME = re.compile(
    r"(?:at (?:async )?)?([\w$.<>\[\] ]{0,80}?) ?[(@]?(https?://[^\s()]{1,300}):(\d{1,7}):(\d{1,7})\)?"
)
_OUT = (
    (re.compile(r"""(["'`“‘«]).*?(["'`”’»]|$)""", re.S), "…"),  # quoted text is somebody's words
    (re.compile(r"\S*(?:://|@|[?&=/])\S*"), "…"),  # addresses of any kind, query strings
    (re.compile(r"\S*\d\S*"), "…"),  # ids, numbers, network addresses
    (re.compile(r"\b\w{21,}\b"), "…"),
)
_BROWSERS = (
    ("Edge", re.compile(r"Edg/(\d+)")),
    ("Firefox", re.compile(r"Firefox/(\d+)")),
    ("Chrome", re.compile(r"Chrome/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+).*Safari")),
)


class Malformed(ValueError):
    """The report is not one of ours; the message says what is wrong."""


def take(data: Any, *, user_agent: str, host: str) -> CrashReport:
    """Store one report, counted with its like.

    `data` holds the strings name, message, stack, page (a path); `host` is ours. Raises Malformed.
    """
    if not isinstance(data, dict):
        raise Malformed("A report is a JSON object.")
    texts = {}
    for key in ("name", "message", "stack", "page"):
        value = data.get(key, "")
        if not isinstance(value, str):
            raise Malformed(f"{key} must be a string.")
        texts[key] = value
    about: dict[str, Any] = {
        "name": re.sub(r"[^A-Za-z]", "", texts["name"])[:60] or "Error",
        "message": scrubbed(texts["message"])[:300],
        "frames": frames(texts["stack"], host),
        "page": _kind_of_page(texts["page"]),
        "browser": _browser(user_agent),
    }
    mark = "\n".join([about["name"], about["message"], *map(str, about["frames"]), about["page"]])
    today = timezone.now().date()
    report, made = CrashReport.objects.get_or_create(
        fingerprint=hashlib.sha256(mark.encode()).hexdigest(),
        defaults={**about, "first_day": today, "last_day": today},
    )
    if not made:
        CrashReport.objects.filter(pk=report.pk).update(count=F("count") + 1, last_day=today)
    return report


def scrubbed(message: str) -> str:
    """Return a message without anything that could be about a person."""
    text = message[:1000]
    for pattern, instead in _OUT:
        text = pattern.sub(instead, text)
    words = {word.upper() for word in re.findall(r"[\w-]{3,30}", text)}
    people: Any = get_user_model()._default_manager.annotate(plain=Upper("username"))
    names = set(people.filter(plain__in=words).values_list("plain", flat=True))
    kept = [
        "…" if word.upper() in names else word
        for word in re.split(r"(?<![\w-])([\w-]{3,30})(?![\w-])", text)
    ]
    return re.sub(r"\s+", " ", "".join(kept)).strip()


def frames(stack: str, host: str) -> list[list[Any]]:
    """Return [function, file, line, column] of each frame in our own files, innermost first."""
    kept_frames: list[list[Any]] = []
    for line in stack[:MAX_BYTES].splitlines():
        match = _FRAME.fullmatch(line.strip())
        if match:
            try:
                place = urlsplit(match[2])
            except ValueError:
                continue
            if place.netloc == host and re.fullmatch(r"/static/[\w.-]+\.js", place.path):
                file = place.path.rpartition("/")[2]
                kept_frames.append([match[1], file, int(match[3]), int(match[4])])
    return kept_frames[:MAX_FRAMES]


def _kind_of_page(path: str) -> str:
    try:
        return (resolve(path).url_name or "")[:60]
    except (Resolver404, ValueError):
        return ""


def _browser(user_agent: str) -> str:
    for name, pattern in _BROWSERS:
        match = pattern.search(user_agent)
        if match:
            return f"{name} {match[1]}"
    return ""


def expire() -> int:
    """Delete faults that were not seen for 90 days."""
    old = timezone.now().date() - KEPT
    return CrashReport.objects.filter(last_day__lt=old).delete()[0]
