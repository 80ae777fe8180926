"""Which backups there are, and that they go in time.

A person who asks to be erased is gone from every backup 90 days later at the latest: the grace
period (28 days at most) and the life of a backup (58 at most) leave room; `expire` deletes what is
over its time, and whatever would still hold such a person on day 89, whatever its time says. From
day 85 on staff are alarmed.
"""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models import Q
from django.utils import timezone

from privacy import notices
from privacy.backups.models import Backup
from privacy.erasure.models import Erasure

LAST_DAY = timedelta(days=89)
ALARM = timedelta(days=85)
HIDDEN = (Erasure.Stage.CANCELLED,)
logger = logging.getLogger(__name__)


def place() -> Storage:
    """Return where backups are kept."""
    return storages["backups"]


def kept() -> timedelta:
    return timedelta(days=settings.BACKUP_LIFE_DAYS)


def sidecar(name: str) -> str:
    """Return the name of the file that tells of a backup."""
    return f"{name}.json"


def text(words: str) -> ContentFile[bytes]:
    return ContentFile(words.encode())


def entries() -> list[dict[str, Any]]:
    """Return what the files beside the backups tell, newest first; no database is asked."""
    store = place()
    try:
        names = store.listdir("")[1]
    except FileNotFoundError:
        return []
    about = []
    for name in names:
        if name.endswith(".age.json"):
            with store.open(name) as file:
                about.append(json.loads(file.read()))
    return sorted(about, key=lambda entry: str(entry["taken_at"]), reverse=True)


def expire(now: datetime | None = None) -> int:
    """Delete every backup whose time is over; return how many. Safe to repeat.

    Asks the files themselves: one that no row tells of goes all the same.
    """
    now = now or timezone.now()
    gone = 0
    for entry in entries():
        taken_at = datetime.fromisoformat(entry["taken_at"])
        over = datetime.fromisoformat(entry["expires_at"]) <= now
        if over or _holds_someone_since(taken_at, now - LAST_DAY):
            delete(entry["file"])
            gone += 1
    return gone


def delete(name: str) -> None:
    """Delete one backup: the file first, then what tells of it."""
    store = place()
    store.delete(name)
    store.delete(sidecar(name))
    Backup.objects.filter(file=name, gone_at=None).update(gone_at=timezone.now())


def _holds_someone_since(taken_at: datetime, asked_before: datetime) -> bool:
    """Return whether a backup still holds somebody who asked to be erased before a moment."""
    there = Q(ended_at=None) | Q(ended_at__gte=taken_at)
    asked = Erasure.objects.exclude(stage__in=HIDDEN).filter(requested_at__lte=asked_before)
    return asked.filter(there).exists()


def overdue(now: datetime | None = None) -> list[str]:
    """Return the backups that hold somebody who asked to be erased 85 days ago or more."""
    since = (now or timezone.now()) - ALARM
    return [
        str(entry["file"])
        for entry in entries()
        if _holds_someone_since(datetime.fromisoformat(entry["taken_at"]), since)
    ]


def alarm() -> list[str]:
    """Tell staff of backups that must go within days; return them."""
    late = overdue()
    if late:
        logger.error("%d backups hold erased people since more than 85 days", len(late))
        notices.write(
            settings.CONTACT_EMAIL,
            "operations",
            "Backups must be deleted",
            "These backups still hold people who asked to be erased 85 days ago or more:\n"
            + "\n".join(late)
            + "\nThey are deleted on day 89 at the latest. See `manage.py backup --list`.",
        )
    return late


def holds_none(erasure: Erasure) -> bool:
    """Return whether no backup holds a person who was erased."""
    ended_at = erasure.ended_at
    return ended_at is not None and all(
        datetime.fromisoformat(entry["taken_at"]) > ended_at for entry in entries()
    )
