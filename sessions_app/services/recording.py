"""From asking to the last chunk: consent, stems, uploads."""

import math
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bands.services.members import hold_seat
from foundation.live import tell
from privacy import usage
from privacy.wall import as_system
from sessions_app.models import (
    JamSession,
    Mix,
    Recording,
    RecordingConsent,
    Stem,
)
from sessions_app.services import mixing

CONSENT_TEXT = "2026-11"  # version of the sentence shown when asking (frontend/jam/words.ts)
LEAD_MS = 1500  # a recording starts this long after the last yes, so that all hear of it
ASKING_LASTS = timedelta(seconds=60)
UPLOADS_WAIT = timedelta(minutes=10)

S = Recording.State
Answer = RecordingConsent.Answer
IN_FORCE = [S.ASKING, S.RECORDING]


class Refused(Exception):
    """The request doesn't fit the recording's state; the message is for the person."""


def session_ms(session: JamSession) -> float:
    """Return the session's clock: milliseconds since it was opened."""
    return (timezone.now() - session.created_at).total_seconds() * 1000


@transaction.atomic
def ask(session: JamSession, by: User, present: Iterable[int], title: str = "") -> Recording:
    """Ask everybody in the room to be recorded; the asker agrees by asking."""
    # The band first: who ends one holds it, and then lets go of its sessions.
    of_band = session.band is not None and hold_seat(session.band, by)
    JamSession.objects.select_for_update().get(pk=session.pk)
    if Recording.objects.filter(session=session, state__in=IN_FORCE).exists():
        raise Refused(_("A recording is already being asked for or made."))
    recording = Recording.objects.create(
        session=session,
        owner=by,
        band=session.band if of_band else None,  # a guest's take is no take of the band's
        title=title.strip()[:80] or _default_title(session),
    )
    people = {*present, by.pk}
    RecordingConsent.objects.bulk_create(
        RecordingConsent(recording=recording, user_id=key, text_version=CONSENT_TEXT)
        for key in sorted(people)
    )
    _answer(recording, by, yes=True)
    _tell(recording)
    transaction.on_commit(lambda: usage.note(by, usage.Kind.FEATURE, "recording"))
    return recording


@transaction.atomic
def answer(recording: Recording, user: User, *, yes: bool) -> None:
    """Note one person's answer; the last yes starts the recording, one no ends the asking."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if locked.state != S.ASKING:
        raise Refused(_("This recording is no longer being asked for."))
    _answer(locked, user, yes=yes)
    _tell(locked)


def _answer(recording: Recording, user: User, *, yes: bool) -> None:
    mine = recording.consents.filter(user=user, answer=Answer.WAITING)
    if not mine.update(answer=Answer.YES if yes else Answer.NO, answered_at=timezone.now()):
        raise Refused(_("You were not asked, or have answered already."))
    if not yes:
        recording.state = S.DECLINED
        recording.save(update_fields=["state"])
    elif not recording.consents.exclude(answer=Answer.YES).exists():
        _start(recording)


def _start(recording: Recording) -> None:
    assert recording.session is not None
    recording.state = S.RECORDING
    recording.starts_at_ms = math.ceil(session_ms(recording.session)) + LEAD_MS
    recording.save(update_fields=["state", "starts_at_ms"])
    with as_system("give everybody who agreed a stem"):
        Stem.objects.bulk_create(
            Stem(recording=recording, player_id=key)
            for key in recording.consents.order_by("user_id").values_list("user_id", flat=True)
        )


@transaction.atomic
def left_while_asked(session: JamSession, user_id: int) -> None:
    """A person who leaves the room without an answer has not agreed."""
    asking = Recording.objects.select_for_update().filter(session=session, state=S.ASKING)
    for recording in asking:
        waiting = recording.consents.filter(user_id=user_id).exclude(answer=Answer.NO)
        if waiting.exists():
            recording.state = S.DECLINED
            recording.save(update_fields=["state"])
            _tell(recording)


@transaction.atomic
def stop(recording: Recording, by_user_id: int | None = None) -> None:
    """End a recording; each browser then sends what is left of its stem. Idempotent."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if by_user_id is not None and not locked.consents.filter(user_id=by_user_id).exists():
        raise Refused(_("Only those who are being recorded can stop it."))
    if locked.state != S.RECORDING or locked.session is None:
        return
    locked.state = S.UPLOADING
    locked.stops_at_ms = max(session_ms(locked.session), (locked.starts_at_ms or 0) + 1)
    locked.upload_due_at = timezone.now() + UPLOADS_WAIT
    locked.save(update_fields=["state", "stops_at_ms", "upload_due_at"])
    _tell(locked)


def has_come(stem: Stem) -> None:
    """A player's sound is here whole: mix when it was the last one."""
    recording = Recording.objects.get(pk=stem.recording_id)
    if recording.state != S.RECORDING:  # else its player left early; the others still play
        mix_when_ready(recording.pk)


@as_system("mix when every player's stem is here")
@transaction.atomic
def mix_when_ready(recording_id: int) -> None:
    """Start mixing when every stem is here, or when waiting for the rest is over."""
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.state not in {S.UPLOADING, S.PROCESSING, S.READY, S.FAILED}:
        return
    on_the_way = recording.stems.filter(state=Stem.State.CAPTURING).exists()
    waited = recording.upload_due_at is not None and recording.upload_due_at <= timezone.now()
    if on_the_way and not waited and recording.state == S.UPLOADING:
        return
    mixing.mix_again(recording)
    _tell(recording)


def sweep() -> None:
    """End askings nobody answered, and waits for stems that never came."""
    stale = Recording.objects.filter(state=S.ASKING, created_at__lt=timezone.now() - ASKING_LASTS)
    for recording in stale:
        Recording.objects.filter(pk=recording.pk, state=S.ASKING).update(state=S.DECLINED)
        _tell(recording)
    given_up = Mix.objects.filter(work=Mix.Progress.FAILED, withdrawn_at__isnull=True)
    Recording.objects.filter(state=S.PROCESSING, mixes__in=given_up).update(state=S.FAILED)
    overdue = Recording.objects.filter(state=S.UPLOADING, upload_due_at__lte=timezone.now())
    for key in list(overdue.values_list("pk", flat=True)[:100]):
        mix_when_ready(key)


def _default_title(session: JamSession) -> str:
    return session.title or _("Jam")


def _tell(recording: Recording) -> None:
    """Have the room's sockets send the recording's new state, once it is committed."""
    group = f"jam.{recording.session_id}"
    key = recording.pk
    transaction.on_commit(lambda: tell(group, type="recording.changed", recording=key))
