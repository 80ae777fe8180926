"""How long somebody was in a session's room: noted if they agreed, shown to who was there too."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least

from privacy import consent
from sessions_app.models import JamSession, Participant

KEY = "time_played"
LONGEST = 7 * 24 * 3600  # seconds, of all stays together; a room is kept no longer


def note(session: JamSession, user: Any, seconds: float) -> None:
    """Add a stay to the time that somebody was inside, if they agreed; a withdrawal waits, or wins.

    Rounded to whole minutes: nobody needs to know more.
    """
    minutes = round(seconds / 60)
    if minutes < 1 or not consent.has(user, KEY):
        return
    with consent.holding(user):
        if consent.has(user, KEY):
            sofar = Coalesce(F("inside_seconds"), Value(0))
            seats = Participant.objects.filter(session=session, user=user)
            seats.update(inside_seconds=Least(sofar + minutes * 60, Value(LONGEST)))


def forget(user: Any) -> None:
    """Delete how long a person was anywhere: they withdrew."""
    Participant.objects.filter(user=user, inside_seconds__isnull=False).update(inside_seconds=None)
