"""Larger rooms at the media server: who is let in, who has to be out, and what its webhooks mean.

Nobody is in such a room longer than in ours. What ends here is a row first (`foundation.work`) and
a call to the server second, made again until the server has taken it. The other way round nothing
the server says is believed alone: a webhook has us look, and presence and the gate decide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import limits
from foundation.work import MAX_ATTEMPTS, Work, soon
from integrations import livekit
from privacy.gate.viewer import Via, Viewer
from sessions_app import presence, queries
from sessions_app.models import JamSession, Participant, SfuRoom, SfuStay
from sessions_app.services.recording import Refused

LOOK = timedelta(seconds=20)  # between two looks whether somebody may still be in
ABSENT = timedelta(seconds=30)  # without a sign of life, for a reload or a restart of ours
AGAIN = timedelta(seconds=30)  # between two removals of somebody whose token may still work
MADE_LASTS = timedelta(seconds=60)  # that a room is taken to be there after it was made
TOKENS_LIVE = timedelta(seconds=livekit.TOKENS_LIVE)
SERVER_AWAY = timedelta(minutes=5)


@dataclass(frozen=True)
class WayIn:
    """Where the server is, a token for one room there, and what it knows this stay by."""

    url: str
    token: str
    identity: str


# Coming in ------------------------------------------------------------------------------


def enter(session: JamSession, user: User, *, publishes: bool) -> WayIn:
    """Let somebody with a seat into a larger room's media server; the same stay until it ends.

    Raises Refused, TooMany, and livekit.Unreachable.
    """
    limits.SFU_TOKENS.spend(user.pk)
    stay = _stay(session, user)
    if stay.room.made_at is None or stay.room.made_at < timezone.now() - MADE_LASTS:
        livekit.create_room(stay.room.name, session.room_places)
        SfuRoom.objects.filter(pk=stay.room.pk).update(made_at=timezone.now())
    token = livekit.join_token(stay.room.name, stay.identity, user.pk, publishes=publishes)
    return WayIn(settings.LIVEKIT_URL, token, stay.identity)


@transaction.atomic
def _stay(session: JamSession, user: User) -> SfuStay:
    """Return somebody's stay; the session's row is held, so that nobody is removed meanwhile."""
    held = JamSession.objects.select_for_update().filter(pk=session.pk).first()
    if held is None or not held.is_open:
        raise Refused(_("This session is closed."))
    if not held.is_large:
        raise Refused(_("Players of this room hear each other without a media server."))
    if not Participant.objects.filter(session=held, user=user).exists():
        raise Refused(_("You have no seat here any more."))
    now = timezone.now()
    room, _new = SfuRoom.objects.get_or_create(session=held, defaults={"due_at": now + LOOK})
    if room.ended_at is not None:
        raise Refused(_("This session is closed."))
    stay, new = SfuStay.objects.get_or_create(
        room=room, user=user, ended_at=None, defaults={"due_at": now + LOOK}
    )
    if not new:
        SfuStay.objects.filter(pk=stay.pk).update(seen_at=now)
    stay.room = room
    return stay


# Going out ------------------------------------------------------------------------------


def put_out(sessions: Iterable[int], user: int) -> None:
    """End somebody's stays: the server is told as soon as this is committed. Idempotent."""
    now = timezone.now()
    rows = SfuStay.objects.filter(room__session__in=list(sessions), user=user, ended_at=None)
    _due_now(rows, "sessions_app.settle_sfu_stay", ended_at=now)


def look(session: JamSession, user: int) -> None:
    """Have it looked at now whether somebody may still be in: their socket has closed."""
    rows = SfuStay.objects.filter(room__session=session, user=user, ended_at=None)
    _due_now(rows, "sessions_app.settle_sfu_stay")


def mute(session: JamSession, user: int) -> None:
    """Have the server mute somebody whom a host muted for everybody. Idempotent."""
    rows = SfuStay.objects.filter(room__session=session, user=user, ended_at=None)
    _due_now(rows, "sessions_app.settle_sfu_stay", mutes=True)


@transaction.atomic
def end_rooms(sessions: Iterable[int]) -> None:
    """End the rooms of sessions at the server, and every connection in them. Idempotent."""
    rooms = SfuRoom.objects.filter(session__in=list(sessions), ended_at=None)
    now = timezone.now()
    stays = SfuStay.objects.filter(room__in=rooms.values("pk"), ended_at=None)
    stays.update(ended_at=now, status=Work.Status.DONE)
    _due_now(rooms, "sessions_app.settle_sfu_room", ended_at=now)


def _due_now(rows: QuerySet[Any], job: str, **values: Any) -> None:
    """Have rows settled now, whoever holds them: settling twice is harmless, missing it isn't."""
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return
    rows.model._default_manager.filter(pk__in=keys).update(
        status=Work.Status.WAITING, due_at=timezone.now(), leased_until=None, attempts=0, **values
    )
    for key in keys:
        _send(job, key)


def _send(job: str, key: int) -> None:
    if job == "sessions_app.settle_sfu_room":
        soon("sessions_app.settle_sfu_room", key)
    else:
        soon("sessions_app.settle_sfu_stay", key)


# Work -----------------------------------------------------------------------------------


def settle_stay(key: int) -> None:
    """Look whether a stay goes on; if not, have the server end it, until no token of it works."""
    stay = SfuStay.claim(key)
    if stay is None:
        return
    if not livekit.is_configured():
        stay.cancel()
        return
    stay = SfuStay.objects.select_related("room__session", "user").get(pk=key)
    try:
        if stay.ended_at is None and _goes_on(stay):
            if stay.mutes:
                livekit.mute(stay.room.name, stay.identity)
                SfuStay.objects.filter(pk=key).update(mutes=False)
            _rest(stay, LOOK)
        else:
            _put_out(stay)
    except livekit.Unreachable as why:
        _try_later(stay, str(why))


def _put_out(stay: SfuStay) -> None:
    now = timezone.now()
    if stay.ended_at is None:
        stay.ended_at = now
        SfuStay.objects.filter(pk=stay.pk, ended_at=None).update(ended_at=now)
    livekit.remove(stay.room.name, stay.identity)
    if now >= stay.ended_at + TOKENS_LIVE:
        stay.finish()
    else:
        stay.wait_until(now + AGAIN)


def _goes_on(stay: SfuStay) -> bool:
    """Return whether somebody has a seat in an open room that they see, and is there."""
    session, user = stay.room.session, stay.user
    if session is None or not session.is_open or not user.is_present:
        return False
    if not Participant.objects.filter(session=session, user=user).exists():
        return False
    rooms = queries.open_rooms(Viewer.of(user, Via.JOB))
    return rooms.filter(pk=session.pk).exists() and _is_there(stay)


def _is_there(stay: SfuStay, patience: timedelta = ABSENT) -> bool:
    """Return whether there is a sign of life; while Valkey is away nobody is taken for gone."""
    now, session = timezone.now(), stay.room.session_id
    peers = presence.inside([session]) if session is not None else {}
    if peers is None:
        return True
    if session is not None and any(peer.user_id == stay.user_id for peer in peers[session]):
        SfuStay.objects.filter(pk=stay.pk).update(seen_at=now)
        return True
    return now - stay.seen_at < patience


def _rest(row: SfuStay | SfuRoom, pause: timedelta) -> None:
    """Give the lease back until the next look; what was ended meanwhile stays due."""
    manager: Any = type(row)._default_manager
    manager.filter(pk=row.pk, ended_at=None).update(
        status=Work.Status.WAITING, due_at=timezone.now() + pause, leased_until=None, attempts=0
    )


def settle_room(key: int) -> None:
    """Look whether a room goes on; if not, delete it at the server, and again when no token works.

    The row goes with the second time, and who was in it then.
    """
    room = SfuRoom.claim(key)
    if room is None:
        return
    if not livekit.is_configured():
        room.delete()  # nowhere is anybody in it
        return
    room = SfuRoom.objects.select_related("session").get(pk=key)
    now = timezone.now()
    if room.ended_at is None and room.session is not None and not room.session.is_over:
        _rest(room, LOOK)
        return
    if room.ended_at is None:
        room.ended_at = now
        SfuRoom.objects.filter(pk=key).update(ended_at=now)
        SfuStay.objects.filter(room=room, ended_at=None).update(
            ended_at=now, status=Work.Status.DONE
        )
    try:
        livekit.delete_room(room.name)
    except livekit.Unreachable as why:
        _try_later(room, str(why))
        return
    if now >= room.ended_at + TOKENS_LIVE:
        room.delete()
    else:
        room.wait_until(room.ended_at + TOKENS_LIVE)


def _try_later(row: SfuStay | SfuRoom, why: str) -> None:
    """Try again with growing pauses, and then every five minutes: it never fails for good."""
    if row.attempts >= MAX_ATTEMPTS - 1:
        row.wait_until(timezone.now() + SERVER_AWAY)
    else:
        row.fail(why)


# Webhooks -------------------------------------------------------------------------------


@transaction.atomic
def take_event(event: livekit.Event) -> None:
    """Take in what the server tells. Twice, late or out of order it changes nothing that holds."""
    room = SfuRoom.objects.filter(name=event.room).first() if event.room else None
    if room is None:
        return
    stays = SfuStay.objects.filter(room=room)
    if event.kind == "room_finished":
        SfuRoom.objects.filter(pk=room.pk).update(made_at=None)  # the next token makes it anew
        _end_absent(stays)
    elif event.kind == "participant_left":
        _end_absent(stays.filter(identity=event.identity))
    elif event.kind == "participant_joined":
        _put_out_again(room, stays.filter(identity=event.identity))


def _end_absent(stays: QuerySet[SfuStay]) -> None:
    """End the stays of those who aren't in our room either; the others come back by themselves."""
    going = stays.filter(ended_at=None).select_related("room")
    gone = [stay.pk for stay in going if not _is_there(stay, timedelta(0))]
    rows = SfuStay.objects.filter(pk__in=gone)
    _due_now(rows, "sessions_app.settle_sfu_stay", ended_at=timezone.now())


def _put_out_again(room: SfuRoom, stays: QuerySet[SfuStay]) -> None:
    """Put out who came with a token of a stay, or of a room, that has ended."""
    if room.ended_at is not None:
        _due_now(SfuRoom.objects.filter(pk=room.pk), "sessions_app.settle_sfu_room")
    _due_now(stays.filter(~Q(ended_at=None)), "sessions_app.settle_sfu_stay")
