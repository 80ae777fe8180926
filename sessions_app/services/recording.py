"""From asking to the last chunk: consent, stems, uploads."""

import math
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bands.services.members import hold_seat
from foundation import limits
from foundation.spelling import check_readable
from privacy.rls import bypass_rls
from privacy.telemetry import usage
from sessions_app import presence, queries, room_queries
from sessions_app.models import (
    Credit,
    JamSession,
    Mix,
    Recording,
    RecordingConsent,
    Stem,
)
from sessions_app.services import endings, mixing
from sessions_app.services.endings import IN_FORCE, session_ms, tell_room

CONSENT_TEXT = "2026-11"  # version of the sentence shown when asking (frontend/jam/words.ts)
LATE_CONSENT_TEXT = "2026-11-late"  # the same of the sentence shown to who comes later
LEAD_MS = 1500  # a recording starts this long after the last yes, so that all hear of it

S = Recording.State
Answer = RecordingConsent.Answer


class Refused(Exception):
    """The request doesn't fit the recording's state; the message is for the person."""


def ask(session: JamSession, by: User, present: Iterable[int], title: str = "") -> Recording:
    """Ask the people in the room to be recorded; the asker agrees by asking.

    Whom a block, or a child's circle, keeps apart from one who is asked already isn't asked, told
    or recorded: `present` in the order they came decides who that is.
    """
    try:
        check_readable(title)
    except ValidationError as why:
        raise Refused(why.messages[0]) from None
    if not room_queries.may(session, by.pk, "record"):
        raise Refused(_("A host decided that you don't ask to record in this room for now."))
    limits.TAKES.spend(by.pk)
    endings.settle(session.pk)  # for itself: what it notes stays, whether or not this is refused
    return _ask(session, by, present, title)


@transaction.atomic
def _ask(session: JamSession, by: User, present: Iterable[int], title: str) -> Recording:
    # The band first: who ends one holds it, and then lets go of its sessions.
    of_band = session.band is not None and hold_seat(session.band, by)
    locked = JamSession.objects.select_for_update().get(pk=session.pk)
    if not locked.is_open:
        raise Refused(_("This room is closed."))
    in_force = Recording.objects.filter(session=session, state__in=IN_FORCE)
    if in_force.filter(consents__user=by).exists():
        raise Refused(_("A recording is already being asked for or made."))
    if in_force.exists():  # of people behind a deny rule from the asker: they aren't told of it
        raise Refused(_("No recording can begin in this room right now."))
    recording = Recording.objects.create(
        session=session,
        owner=by,
        band=session.band if of_band else None,  # a guest's take is no take of the band's
        title=title.strip()[:80] or session.title,
    )
    people = queries.who_all_meet([by.pk, *present])
    RecordingConsent.objects.bulk_create(
        RecordingConsent(recording=recording, user_id=key, text_version=CONSENT_TEXT)
        for key in sorted(people)
    )
    _answer(recording, by, yes=True)
    tell_room(recording)
    transaction.on_commit(lambda: usage.note(by, usage.Kind.FEATURE, "recording"))
    return recording


@transaction.atomic
def ask_late(session: JamSession, user: User) -> None:
    """Ask somebody who came while a take runs, unless they must not share it. Idempotent."""
    rows = Recording.objects.select_for_update().filter(session=session, state=S.RECORDING)
    for recording in rows:
        if recording.consents.filter(user=user).exists():
            continue
        players = _players(recording)
        if len(queries.who_all_meet([*players, user.pk])) <= len(players):
            continue
        RecordingConsent.objects.create(
            recording=recording, user=user, text_version=LATE_CONSENT_TEXT
        )
        tell_room(recording)


def _players(recording: Recording) -> list[int]:
    rows = Credit.objects.filter(recording=recording).exclude(state=Stem.State.WITHDRAWN)
    return list(rows.order_by("pk").values_list("player_id", flat=True))


@transaction.atomic
def answer(recording: Recording, user: User, *, yes: bool) -> None:
    """Note one person's answer.

    While it is asked for: the last yes starts the recording, one no ends the asking. While it runs:
    a yes lets who came late, or said no before, join in from now on.
    """
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if locked.state == S.RECORDING:
        _answer_late(locked, user, yes=yes)
    elif locked.state == S.ASKING:
        _answer(locked, user, yes=yes)
    else:
        raise Refused(_("This recording is no longer being asked for."))
    tell_room(locked)


def _answer(recording: Recording, user: User, *, yes: bool) -> None:
    mine = recording.consents.filter(user=user, answer=Answer.WAITING)
    if not mine.update(answer=Answer.YES if yes else Answer.NO, answered_at=timezone.now()):
        raise Refused(_("You were not asked, or have answered already."))
    together = queries.all_meet(recording.consents.values_list("user_id", flat=True))
    if not yes or not together:  # apart: by a block since it was asked for
        recording.state = S.DECLINED
        recording.save(update_fields=["state"])
    elif not recording.consents.exclude(answer=Answer.YES).exists():
        _start(recording)


def _answer_late(recording: Recording, user: User, *, yes: bool) -> None:
    open_to_me = [Answer.WAITING, Answer.NO] if yes else [Answer.WAITING]
    mine = recording.consents.filter(user=user, answer__in=open_to_me)
    players = _players(recording)
    if yes and not queries.all_meet([*players, user.pk]):
        raise Refused(_("You can't join this recording."))
    if not mine.update(answer=Answer.YES if yes else Answer.NO, answered_at=timezone.now()):
        raise Refused(_("You were not asked, or have answered already."))
    if yes:
        with bypass_rls("give who joins a running take a stem"):
            Stem.objects.create(recording=recording, player=user)


def _start(recording: Recording) -> None:
    assert recording.session is not None
    recording.state = S.RECORDING
    recording.starts_at_ms = math.ceil(session_ms(recording.session)) + LEAD_MS
    recording.save(update_fields=["state", "starts_at_ms"])
    with bypass_rls("give everybody who agreed a stem"):
        Stem.objects.bulk_create(
            Stem(recording=recording, player_id=key)
            for key in recording.consents.order_by("user_id").values_list("user_id", flat=True)
        )
    session, key = recording.session, recording.session.pk
    asked = set(recording.consents.values_list("user_id", flat=True))
    came = {peer.user_id for peer in (presence.inside([key]) or {}).get(key, ())} - asked
    for user in User.objects.filter(pk__in=came).order_by("pk"):
        ask_late(session, user)


@transaction.atomic
def stop(recording: Recording, by_user_id: int | None = None) -> None:
    """End a recording; each browser then sends what is left of its stem. Idempotent."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if by_user_id is not None and by_user_id not in _players(locked):
        raise Refused(_("Only those who are being recorded can stop it."))
    if locked.state == S.RECORDING:
        endings.end(locked, Recording.Ending.STOPPED)


def has_come(stem: Stem) -> None:
    """A player's sound is here whole: mix when it was the last one."""
    recording = Recording.objects.get(pk=stem.recording_id)
    if recording.state == S.RECORDING:
        if recording.session_id is not None:  # its player left early; do the others still play?
            endings.settle(recording.session_id)
    else:
        mixing.mix_when_ready(recording.pk)


def sweep() -> None:
    """End what nobody ends: askings, takes, waits for stems that never came."""
    endings.settle()
    given_up = Mix.objects.filter(status=Mix.Status.FAILED, withdrawn_at__isnull=True)
    Recording.objects.filter(state=S.PROCESSING, mixes__in=given_up).update(state=S.FAILED)
    overdue = Recording.objects.filter(state=S.UPLOADING, upload_due_at__lte=timezone.now())
    for key in list(overdue.values_list("pk", flat=True)[:100]):
        mixing.mix_when_ready(key)
