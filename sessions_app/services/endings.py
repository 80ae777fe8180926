"""How takes end: by a player's word, and without anybody's by presence, time and limits.

`settle` looks at every take in force. The sweeper calls it, and so does whoever wants to begin a
take or comes into a room: nothing waits for a worker. While Valkey is away nobody is thought gone.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.live import tell
from sessions_app import presence, queries
from sessions_app.models import Credit, JamSession, Recording, RecordingConsent, Stem
from sessions_app.models.recordings import LONGEST_MS
from sessions_app.services import mixing

ASKING_LASTS = timedelta(seconds=60)
ALONE_LASTS = timedelta(seconds=60)  # for a reload, a lost connection, a restart of the server
UPLOADS_WAIT = timedelta(minutes=10)

S = Recording.State
Ending = Recording.Ending
Answer = RecordingConsent.Answer
IN_FORCE = [S.ASKING, S.RECORDING]


def session_ms(session: JamSession) -> float:
    """Return the session's clock: milliseconds since it was opened."""
    return (timezone.now() - session.created_at).total_seconds() * 1000


def settle(session_id: int | None = None) -> None:
    """End the takes, of one session or of all, whose time is over or whose players are gone."""
    rows = Recording.objects.filter(state__in=IN_FORCE)
    if session_id is not None:
        rows = rows.filter(session=session_id)
    keys = list(rows.order_by("pk").values_list("pk", "session_id"))
    rooms = presence.inside({room for _, room in keys if room is not None})
    for key, room in keys:
        _settle(key, None if rooms is None or room is None else rooms[room])


@transaction.atomic
def _settle(key: int, peers: list[presence.Peer] | None) -> None:
    recording = (
        Recording.objects.select_for_update(of=("self",))
        .select_related("session")
        .filter(pk=key, state__in=IN_FORCE)
        .first()
    )
    if recording is None:
        return
    if recording.state == S.ASKING:
        if _asking_is_over(recording):
            decline(recording)
        return
    ending = _reason_to_end(recording)
    if ending is None and peers is not None:
        ending = _ends_alone(recording, peers)
    if ending is not None:
        end(recording, ending)


def _asking_is_over(recording: Recording) -> bool:
    if recording.created_at < timezone.now() - ASKING_LASTS:
        return True
    if recording.session is None or not recording.session.is_open:
        return True
    asked = recording.consents.exclude(answer=Answer.NO).values_list("user_id", flat=True)
    return not queries.all_meet(asked)


def _reason_to_end(recording: Recording) -> Ending | None:
    session = recording.session
    if session is None or not session.is_open:
        return Ending.CLOSED
    if session_ms(session) >= (recording.starts_at_ms or 0) + LONGEST_MS:
        return Ending.LIMIT
    capturing = list(_capturing(recording))
    if not capturing:
        return Ending.EMPTY  # whatever was played has arrived
    here = User.objects.filter(User.present(), pk__in=capturing).values_list("pk", flat=True)
    return None if queries.all_meet(here) else Ending.APART


def _capturing(recording: Recording) -> Iterable[int]:
    """Return the players whose part isn't whole yet."""
    rows = Credit.objects.filter(recording=recording, state=Stem.State.CAPTURING)
    return rows.values_list("player_id", flat=True)


def _ends_alone(recording: Recording, peers: list[presence.Peer]) -> Ending | None:
    """Note since when no player of a take is there and captures; end it when that is long ago."""
    players = set(_capturing(recording))
    there = any(peer.user_id in players and peer.take == recording.public_id for peer in peers)
    if there:
        if recording.alone_since is not None:
            Recording.objects.filter(pk=recording.pk).update(alone_since=None)
        return None
    if recording.alone_since is None:
        Recording.objects.filter(pk=recording.pk).update(alone_since=timezone.now())
        return None
    return Ending.EMPTY if recording.alone_since <= timezone.now() - ALONE_LASTS else None


def decline(recording: Recording) -> None:
    """End an asking. The row is locked by the caller."""
    recording.state = S.DECLINED
    recording.save(update_fields=["state"])
    tell_room(recording)


def end(recording: Recording, ending: Ending) -> None:
    """End a running take; each browser then sends what is left of its stem. The row is locked."""
    recording.state, recording.ending = S.UPLOADING, ending
    recording.stops_at_ms = _end_of(recording)
    recording.upload_due_at = timezone.now() + UPLOADS_WAIT
    recording.save(update_fields=["state", "ending", "stops_at_ms", "upload_due_at"])
    tell_room(recording)
    if not list(_capturing(recording)):
        mixing.mix_when_ready(recording.pk)


def _end_of(recording: Recording) -> float | None:
    """Return when it ends: now, or at its limit where somebody only came to notice it now."""
    if recording.session is None:
        return None
    starts = recording.starts_at_ms or 0.0
    return max(min(session_ms(recording.session), starts + LONGEST_MS), starts + 1)


def close_takes(sessions: Iterable[int]) -> None:
    """End what is asked for or recorded in sessions that close, in the same transaction."""
    rows = Recording.objects.select_for_update(of=("self",)).select_related("session")
    for recording in rows.filter(session__in=sessions, state__in=IN_FORCE).order_by("pk"):
        if recording.state == S.ASKING:
            decline(recording)
        else:
            end(recording, Ending.CLOSED)


@transaction.atomic
def left(session: JamSession, user_id: int) -> None:
    """Somebody has left the room: an asking they were in ends, a take may be alone from now on."""
    rows = Recording.objects.select_for_update().filter(session=session, state=S.ASKING)
    for recording in rows:
        asked = recording.consents.filter(user_id=user_id).exclude(answer=Answer.NO)
        if asked.exists():
            decline(recording)
    settle(session.pk)


def tell_room(recording: Recording) -> None:
    """Have the room's sockets send the recording's new state, once it is committed."""
    group, key = f"jam.{recording.session_id}", recording.pk
    transaction.on_commit(lambda: tell(group, type="recording.changed", recording=key))
