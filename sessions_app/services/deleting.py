"""Deleting what one made: a recording one owns, a session one hosts. Others keep their parts.

Who plays on a recording keeps their music (docs/decisions/0004): where others have sound in it, the
one who deletes takes their own along, and the recording passes on, for those alone who play on it.
"""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Case, Q, Value, When

from accounts.models import User
from foundation import limits
from privacy.gate import tombstones
from privacy.gate.audiences import Audience
from privacy.models import ShareLink
from privacy.notices import delete_with
from privacy.portability import export
from privacy.rls import bypass_rls
from privacy.sharing import links
from sessions_app.models import (
    ChatLine,
    Invite,
    JamSession,
    Mix,
    Participant,
    Recording,
    Rsvp,
    SheetLine,
    Stem,
)
from sessions_app.services import chat, mixing, planning, rooms, sheets, tracks

# While a take runs, its end comes first: stopping it is one press away, deleting is for good.
RUNNING = (Recording.State.ASKING, Recording.State.RECORDING)
# Sound there is, or may still come: of what could not be read, as long as its pieces are kept.
_HELD = Q(state__in=[Stem.State.CAPTURING, *mixing.PLAYABLE]) | Q(
    state=Stem.State.FAILED, chunks__isnull=False
)


class Running(Exception):
    """The take is still being asked for or played; it is stopped before it is deleted."""


@bypass_rls("take a player's sound out of a recording of several, and hand it on")
@transaction.atomic
def delete_recording(recording: Recording, owner: User) -> bool:
    """Delete a recording for its owner; return whether it is gone for everybody.

    Where others have sound in it, it passes to the first of them, without title, for those who play
    on it. Raises Running while the take is asked for or played.
    """
    locked = Recording.objects.select_for_update().filter(pk=recording.pk, owner=owner).first()
    if locked is None:
        return True  # two pressed at once
    if locked.state in RUNNING:
        raise Running
    heir = heirs([locked.pk], owner).get(locked.pk)
    if locked.audience == Audience.PUBLIC and locked.state == Recording.State.READY:
        tombstones.bury(Recording, [locked.public_id])
    links.of_item(ShareLink.objects.all(), locked).delete()
    if heir is None:
        _delete_whole(locked)
        return True
    hand_on({locked.pk: heir})
    locked.refresh_from_db()
    take_out(locked.stems.filter(player=owner))
    mixing.mix_again(locked)
    export.outdate([owner.pk, heir])
    return False


def delete_if_empty(recording: Recording) -> bool:
    """Delete a recording in which nobody has sound any more; return whether it was one."""
    if recording.state in RUNNING or _with_sound([recording.pk]):
        return False
    links.of_item(ShareLink.objects.all(), recording).delete()
    _delete_whole(recording)
    return True


def delete_empty(keys: Iterable[int]) -> None:
    """Delete those of these recordings in which nobody has sound any more."""
    rows = Recording.objects.filter(pk__in=keys).exclude(state__in=RUNNING)
    for row in rows.exclude(pk__in=_with_sound(list(keys))):
        delete_if_empty(row)


def _with_sound(keys: list[int]) -> set[int]:
    held = Stem.objects.filter(_HELD, recording__in=keys)
    return set(held.values_list("recording_id", flat=True))


def heirs(recordings: list[int], leaver: User) -> dict[int, int]:
    """Return who each recording passes to: of the others with sound in it, the first stem's player.

    Those who are here come before those who are leaving.
    """
    others = Stem.objects.filter(_HELD, recording__in=recordings).exclude(player=leaver)
    present = Case(When(User.present("player__"), then=0), default=1)
    firsts = (
        others.annotate(away=present)
        .order_by("recording_id", "away", "pk")
        .distinct("recording_id")
    )
    return dict(firsts.values_list("recording_id", "player_id"))


def hand_on(heir_of: dict[int, int]) -> None:
    """Let recordings be those of others, who alone hear them until they decide otherwise."""
    passes_to = Case(*(When(pk=key, then=Value(heir)) for key, heir in heir_of.items()))
    Recording.objects.filter(pk__in=heir_of).update(
        owner=passes_to, title="", audience=Audience.PARTICIPANTS
    )


def _delete_whole(recording: Recording) -> None:
    """Delete the rows, then the files; a kill in between leaves files to `tidying`."""
    stems, mixes = list(recording.stems.all()), list(recording.mixes.all())
    players = [stem.player_id for stem in stems]
    export.outdate([key for key in (recording.owner_id, *players) if key is not None])
    delete_with(Recording.objects.filter(pk=recording.pk))
    transaction.on_commit(partial(_delete_files, stems, mixes))
    tracks.ask_again([recording.pk])


def take_out(stems: Iterable[Stem]) -> None:
    """Withdraw stems for good: no row names their sound any more, and then the files go."""
    gone = list(stems)
    Stem.objects.filter(pk__in=[stem.pk for stem in gone]).update(
        state=Stem.State.WITHDRAWN, peaks=None, clock=[], file=""
    )
    transaction.on_commit(partial(_delete_files, gone, []))
    tracks.ask_again(stem.recording_id for stem in gone)


@bypass_rls("delete sound that no row names any more")
def _delete_files(stems: list[Stem], mixes: list[Mix]) -> None:
    mixing.delete_sounds(stems)
    mixing.delete_mix_files(mixes)


@bypass_rls("let go of a session that others took part in")
@transaction.atomic
def delete_session(session: JamSession, host: User) -> bool:
    """Delete a session for its host; return whether it is gone for everybody.

    Where others took part, it stays with them, closed, without host, title and words. Recordings
    stay with the people who own them. One that was to come is called off first.
    """
    locked = JamSession.objects.select_for_update().filter(pk=session.pk, host=host).first()
    if locked is None:
        return True
    if locked.audience == Audience.PUBLIC:
        tombstones.bury(JamSession, [locked.public_id])
    links.of_item(ShareLink.objects.all(), locked).delete()
    key = locked.pk
    planning.stop_repeating(locked)
    never_was = planning.cancel(locked, ends_series=True, gone=True) or locked.cancelled_at
    rooms.close([key])
    others = Participant.objects.none() if never_was else locked.participants.exclude(user=host)
    chat.delete_lines(ChatLine.objects.filter(session=locked, author=host))
    if not others.exists() and not locked.recordings.exclude(owner=host).exists():
        delete_with(JamSession.objects.filter(pk=key))
        return True
    # A take that nobody named bears the session's title: the host's words, also on others' takes.
    unnamed = Recording.objects.filter(session=locked, title=locked.title).exclude(owner=host)
    unnamed.update(title="")
    SheetLine.objects.filter(session=locked, author=host).delete()
    sheets.release_songs(host, limits.SONGS, of=locked)
    Participant.objects.filter(session=locked, user=host).delete()
    Invite.objects.filter(session=locked).delete()
    Rsvp.objects.filter(session=locked).exclude(state=Rsvp.State.GOING).delete()
    JamSession.objects.filter(pk=key).update(
        host=None, title="", about="", welcome="", audience=Audience.PARTICIPANTS, band=None,
        weekly=False,
    )  # fmt: skip
    return False
