"""When a room is open, and when somebody is in it: decided by signs of life and by the clock.

A room with nobody in it closes after `ROOM_EMPTY_MINUTES`, or at the time until which its host
wished to keep it open. The row holds both times, so that lists and doors are right even while no
worker runs; the sweeper only makes the ending known.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from foundation.live import tell
from sessions_app.models import JamSession, Knock, Removal
from sessions_app.models.planning import WAITED_FOR
from sessions_app.models.sessions import closing_time
from sessions_app.services import endings, sfu

OCCUPIED = timedelta(seconds=60)  # after the last sign of life of anybody in the room
BATCH = 200


def still_in(session_id: int) -> None:
    """Note that somebody is in the room: it is live, and its closing time moves on."""
    JamSession.objects.filter(pk=session_id, closed_at__isnull=True).update(
        occupied_until=timezone.now() + OCCUPIED, closes_at=_closing()
    )


def emptied(session_id: int) -> None:
    """Note that the last person has left: the time to closing begins."""
    JamSession.objects.filter(pk=session_id, closed_at__isnull=True).update(
        occupied_until=None, closes_at=_closing()
    )


def _closing() -> Greatest:
    # PostgreSQL passes over what is null: no wish of the host's, no planned start.
    return Greatest(closing_time(), F("kept_until"), F("starts_at") + WAITED_FOR)


def keep_open(session: JamSession, days: int) -> None:
    """Keep a room open with nobody in it, for days from now (0: no longer than other rooms)."""
    days = max(0, min(days, settings.ROOM_KEPT_DAYS))
    until = timezone.now() + timedelta(days=days) if days else None
    JamSession.objects.filter(pk=session.pk, closed_at__isnull=True).update(kept_until=until)
    JamSession.objects.filter(pk=session.pk, closed_at__isnull=True).update(closes_at=_closing())


@transaction.atomic
def close(sessions: Iterable[int]) -> None:
    """End sessions for everybody, with the takes in them. Idempotent."""
    rows = JamSession.objects.select_for_update().filter(pk__in=list(sessions), closed_at=None)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    JamSession.objects.filter(pk__in=keys).update(closed_at=timezone.now(), occupied_until=None)
    for model in (Removal, Knock):  # of doors that are no more
        model.objects.filter(session__in=keys).delete()
    endings.close_takes(keys)
    sfu.end_rooms(keys)
    transaction.on_commit(lambda: _tell_closed(keys))


def _tell_closed(keys: list[int]) -> None:
    for key in keys:
        tell(f"jam.{key}", type="room.closed")


def sweep() -> int:
    """Close the rooms whose time is over; return how many."""
    now = timezone.now()
    over = JamSession.objects.filter(closed_at__isnull=True, closes_at__lte=now)
    unoccupied = Q(occupied_until__isnull=True) | Q(occupied_until__lte=now)
    keys = list(over.filter(unoccupied).values_list("pk", flat=True)[:BATCH])
    close(keys)
    return len(keys)
