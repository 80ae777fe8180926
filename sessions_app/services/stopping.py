"""What stops in rooms and recordings with an account, and what goes on with it."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.live import cut
from privacy.rls import bypass_rls
from sessions_app.models import JamSession, Participant, Recording, RecordingConsent, Stem
from sessions_app.services import endings, leaving, passing, planning, rooms, rsvps, sessions
from sessions_app.services import recording as recordings

ASKING, RECORDING = Recording.State.ASKING, Recording.State.RECORDING


@bypass_rls("stop an account")
def stop(user: User) -> None:
    """End what they are being recorded in, close their rooms, take their sound out of mixes.

    Pieces of sound that their browser still holds are refused: nobody can sign in to send them.
    """
    playing = Stem.objects.filter(player=user).values("recording")
    running = Recording.objects.filter(Q(state=RECORDING, pk__in=playing) | Q(state=ASKING))
    for recording in running.filter(consents__user=user).order_by("pk"):
        if recording.state == RECORDING:
            recordings.stop(recording)
        elif recording.session is not None:
            endings.left(recording.session, user.pk)
    Stem.objects.filter(player=user, state=Stem.State.CAPTURING).update(state=Stem.State.WITHDRAWN)
    RecordingConsent.objects.filter(user=user, answer=RecordingConsent.Answer.WAITING).update(
        answer=RecordingConsent.Answer.NO, answered_at=timezone.now()
    )
    passing.leave_to_heirs(user)
    planning.call_off(user)
    rsvps.withdraw_all(user)
    rooms.close(JamSession.objects.filter(host=user, closed_at=None).values_list("pk", flat=True))
    sessions.revoke_links(user)
    leaving.mix_again_after(user)
    seats = Participant.objects.filter(user=user).order_by("-pk")
    keys = list(seats.values_list("session_id", flat=True)[: leaving.ROOMS])
    transaction.on_commit(lambda: _cut(keys))


def _cut(sessions: list[int]) -> None:
    for key in sessions:
        cut(f"jam.{key}")


@bypass_rls("let an account go on")
def resume(user: User) -> None:
    """Render the mixes again, with their sound."""
    leaving.mix_again_after(user)
