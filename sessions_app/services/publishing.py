"""Writers of a finished recording: title, audience, withdrawing one's own sound."""

from django.db import transaction

from accounts.models import User
from foundation.live import tell
from privacy.gate.audiences import OF_BANDS, Audience
from privacy.portability import export
from privacy.rls import bypass_rls
from schools.services import children
from sessions_app.models import Recording, Stem
from sessions_app.services import deleting, endings, mixing, tracks


@transaction.atomic
def change_audience(recording: Recording, audience: str) -> None:
    """Change who may hear a recording; holds at once on every surface."""
    audience = children.fitting(recording.owner, audience)
    Recording.objects.filter(pk=recording.pk).update(audience=audience)
    recording.audience = audience
    tracks.ask_again([recording.pk])
    if recording.session_id is not None:
        group, key = f"jam.{recording.session_id}", recording.pk
        transaction.on_commit(lambda: tell(group, type="recording.changed", recording=key))


@transaction.atomic
def take_off_band(recording: Recording) -> None:
    """Let a recording be its owner's alone; what was for the band is for who plays on it."""
    if recording.audience in OF_BANDS:
        change_audience(recording, Audience.PARTICIPANTS)
    Recording.objects.filter(pk=recording.pk).update(band=None)
    recording.band = None


def rename(recording: Recording, title: str) -> None:
    Recording.objects.filter(pk=recording.pk).update(title=title.strip())


@bypass_rls("order a mix anew")
@transaction.atomic
def retry_mix(recording: Recording, by: User) -> bool:
    """Order a failed mix anew; False for people without sound in it, or when it didn't fail."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if locked.state != Recording.State.FAILED:
        return False
    if not locked.stems.filter(player=by).exclude(state=Stem.State.WITHDRAWN).exists():
        return False
    locked.stems.filter(state=Stem.State.FAILED, chunks__isnull=False).update(
        state=Stem.State.STORED
    )
    mixing.mix_again(locked)
    return True


@bypass_rls("take a player's sound out of a mix of several")
@transaction.atomic
def withdraw(recording: Recording, player: User) -> bool:
    """Take one player's sound out of a recording for good; the others keep theirs.

    A recording in which nobody has sound any more goes by itself.
    Returns False when the player has no sound in it.
    """
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    stem = locked.stems.filter(player=player).exclude(state=Stem.State.WITHDRAWN).first()
    if stem is None:
        return False
    deleting.take_out([stem])
    export.outdate([locked.owner_id])
    if locked.state == Recording.State.RECORDING:
        endings.settle(locked.session_id)  # the others play on, if there are any
        locked.refresh_from_db()
        deleting.delete_if_empty(locked)
    elif locked.state == Recording.State.UPLOADING:
        endings.tell_room(locked)
        mixing.mix_when_ready(locked.pk)
    elif not deleting.delete_if_empty(locked):
        mixing.mix_again(locked)
    return True


@bypass_rls("what a player agrees to about their own sound")
def let_save(recording: Recording, player: User, *, yes: bool) -> bool:
    """Let others who play on it save a player's sound, or not; False where they have none in it."""
    mine = Stem.objects.filter(recording=recording, player=player)
    return bool(mine.exclude(state=Stem.State.WITHDRAWN).update(others_may_save=yes))


def take_back(player: User, stem: Stem) -> None:
    """Take one's own sound out of the recording it is in, for good."""
    withdraw(stem.recording, player)
