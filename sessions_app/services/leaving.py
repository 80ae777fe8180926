"""What leaving does to sound: the leaver's stems go, the others keep theirs."""

from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from foundation.live import cut
from privacy import export, tombstones
from privacy.audiences import Audience
from privacy.models import Erasure
from sessions_app.models import JamSession, Mix, Participant, Recording, Stem
from sessions_app.services import mixing

REMIXED = [Recording.State.READY, Recording.State.PROCESSING, Recording.State.FAILED]


def hide(user: User, erasure: Erasure) -> None:
    """Withdraw every mix with the leaver's sound and order it again without; close their rooms."""
    public_recordings = Recording.objects.filter(
        owner=user, audience=Audience.PUBLIC, state=Recording.State.READY
    )
    public_sessions = JamSession.objects.filter(host=user, audience=Audience.PUBLIC)
    tombstones.bury(
        Recording, list(public_recordings.values_list("public_id", flat=True)), erasure.pk
    )
    tombstones.bury(
        JamSession, list(public_sessions.values_list("public_id", flat=True)), erasure.pk
    )
    JamSession.objects.filter(host=user, closed_at__isnull=True).update(closed_at=timezone.now())
    # A take that nobody named bears its session's title: the leaver's words, or their name.
    named = Recording.objects.filter(session__host=user, title=F("session__title"))
    Recording.objects.filter(pk__in=named.exclude(owner=user).values("pk")).update(title="")
    _mix_again_after(user)
    played_on = Recording.objects.filter(stems__player=user, owner__isnull=False)
    export.outdate(played_on.exclude(owner=user).values("owner"))
    rooms = list(Participant.objects.filter(user=user).values_list("session_id", flat=True))
    for room in rooms:
        transaction.on_commit(partial(cut, f"jam.{room}"))


def show(user: User, erasure: Erasure) -> None:
    """Render the mixes again, with the sound of who came back."""
    _mix_again_after(user)


def _mix_again_after(user: User) -> None:
    """Order every finished recording with this person's sound anew, after the state changed."""
    played_on = Recording.objects.filter(stems__player=user, state__in=REMIXED).distinct()
    for recording in played_on.order_by("pk"):
        mixing.mix_again(recording)


def purge_mixes(user: User, batch: int) -> int:
    """Delete every mix that holds, or may hold, the leaver's sound."""
    with_sound = Mix.objects.filter(stems__player=user).values("pk")
    Mix.objects.filter(pk__in=with_sound, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now()
    )
    doubtful = Mix.objects.filter(recording__stems__player=user, withdrawn_at__isnull=False)
    held = Q(pk__in=with_sound) | Q(pk__in=doubtful.values("pk"))
    return mixing.delete_withdrawn(Mix.objects.filter(held), batch)


def release_recordings(user: User, batch: int) -> int:
    """Hand recordings on to who still has sound in them; delete those nobody else plays on."""
    rows = list(Recording.objects.filter(owner=user).order_by("pk")[:batch])
    for recording in rows:
        with transaction.atomic():
            _release_recording(recording, user)
    return len(rows)


def _release_recording(recording: Recording, user: User) -> None:
    others = Stem.objects.filter(recording=recording).exclude(player=user)
    others = others.exclude(state=Stem.State.WITHDRAWN)
    # One who is leaving too may still come back: their music is theirs until their own purge.
    here = others.filter(User.present("player__")).order_by("pk").first()
    heir = here or others.order_by("pk").first()
    if heir is None:
        _delete_recording(recording)
        return
    # The title was the leaver's text, the audience their decision: both go back to the safest.
    Recording.objects.filter(pk=recording.pk).update(
        owner=heir.player_id, title="", audience=Audience.PARTICIPANTS
    )


def _delete_recording(recording: Recording) -> None:
    mixing.withdraw_mixes(recording)
    while mixing.delete_withdrawn(recording.mixes.all()):
        pass
    for stem in recording.stems.all():
        mixing.delete_sound(stem)
    recording.delete()


def purge_stems(user: User, batch: int) -> int:
    """Delete the leaver's own sound, files first."""
    rows = list(Stem.objects.filter(player=user).order_by("pk")[:batch])
    for stem in rows:
        mixing.delete_sound(stem)
    Stem.objects.filter(pk__in=[stem.pk for stem in rows]).delete()
    return len(rows)


def release_sessions(user: User, batch: int) -> int:
    """Let go of hosted sessions: gone where nobody else took part, nameless where others did."""
    rows = list(JamSession.objects.filter(host=user).order_by("pk")[:batch])
    for session in rows:
        if session.participants.exclude(user=user).exists():
            JamSession.objects.filter(pk=session.pk).update(
                host=None, title="", about="", audience=Audience.PARTICIPANTS
            )
        else:
            session.delete()
    return len(rows)
