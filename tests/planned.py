"""Planned sessions for stories: in a week, of the owner unless somebody else plans it."""

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from sessions_app.models import JamSession, Latency, Rsvp
from sessions_app.services import calendars, chat, direct, rsvps, sessions, sheets

ZONE = "Europe/Berlin"


def in_days(days: float) -> datetime:
    """Return a whole second that many days from now."""
    return (timezone.now() + timedelta(days=days)).replace(microsecond=0)


def planned(host: User, *, audience: str = "public", **plan: Any) -> JamSession:
    """Plan a session for next week; `plan`: whatever else it says."""
    values = {"title": "mark-planned", "about": "mark-planned-about", "zone": ZONE, **plan}
    values.setdefault("starts_at", in_days(7))
    return sessions.open_session(host, audience=audience, **values)


def plans_and_answers(one: User, other: User, mark: Callable[[str], str]) -> None:
    """Have somebody plan a session with marks in its words, answer to another, follow both.

    What was measured between the two is there, too, and whom they are connected with directly.
    """
    ahead = planned(
        one, title=mark("plan"), about=mark("planabout"), welcome=mark("welcome"), seats=["banjo"]
    )
    rsvps.answer(planned(other), one, "going", instrument="banjo")
    rsvps.answer(ahead, other, "maybe")
    calendars.make_address(one)
    Latency.objects.create(measured_by=one, partner=other, grade=1)
    direct.answer(ahead, one, [other], yes=False)
    direct.choose(one, known=True)


def begins(session: JamSession, **left: float) -> JamSession:
    """Let time pass until a session begins in so long (negative: it began so long ago)."""
    session.refresh_from_db()
    shift = session.starts_at - timezone.now() - timedelta(**left)
    for name in ("starts_at", "opens_at", "closes_at", "created_at"):
        setattr(session, name, getattr(session, name) - shift)
    session.save()
    for rsvp in Rsvp.objects.filter(session=session):
        Rsvp.objects.filter(pk=rsvp.pk).update(asked_at=rsvp.asked_at - shift)
    return session


def answers(session: JamSession) -> dict[str, str]:
    """Return what everybody answered, by name."""
    rows = Rsvp.objects.filter(session=session)
    return dict(rows.values_list("user__username", "state"))


def seated(session: JamSession) -> list[str]:
    """Return who has a seat in the room."""
    rows = session.participants.order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def on_the_set_list(session: JamSession, user: User, title: str, line: str) -> None:
    """Have somebody put a song on a session's set list, and write a line of its chart."""
    ref = str(uuid.uuid4())
    song = sheets.add_song(session, user, ref=ref, title=title, key="", tempo=None)
    sheets.write_line(song, user, ref=ref, version=0, text=line, after=None)


def share_a_file(session: JamSession, by: Any, mark: Callable[[str], str]) -> None:
    """Share a text file in the chat of a session's room, with a mark in all that it tells."""
    upload, name = io.BytesIO(mark("chatfile").encode()), f"{mark('filename')}.txt"
    said = {"text": mark("chat"), "ref": str(uuid.uuid4())}
    chat.share(session, by, upload=upload, name=name, **said)
