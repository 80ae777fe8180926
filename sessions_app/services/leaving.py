"""What leaving does to sound: the leaver's stems go, the others keep theirs."""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from foundation.live import cut
from privacy.erasure import recall, remember
from privacy.gate import tombstones
from privacy.gate.audiences import Audience
from privacy.models import Erasure
from privacy.notices import delete_with
from privacy.portability import export
from sessions_app.models import JamSession, Mix, Participant, Recording, Rsvp, Stem
from sessions_app.services import deleting, mixing, passing, planning, rooms, rsvps, sessions

ROOMS = 500  # the newest rooms whose sockets are told; older ones have long been closed
REMIXED = [Recording.State.READY, Recording.State.PROCESSING, Recording.State.FAILED]


def hide(user: User, erasure: Erasure) -> None:
    """Withdraw every mix with the leaver's sound and order it again without; leave their rooms.

    A room goes on with the co-host of longest standing, and else it closes.
    """
    public_recordings = Recording.objects.filter(
        owner=user, audience=Audience.PUBLIC, state=Recording.State.READY
    )
    public_sessions = JamSession.objects.filter(host=user, audience=Audience.PUBLIC)
    public_sessions = public_sessions.exclude(pk__in=passing.heirs(user))
    tombstones.bury(
        Recording, list(public_recordings.values_list("public_id", flat=True)), erasure.pk
    )
    tombstones.bury(
        JamSession, list(public_sessions.values_list("public_id", flat=True)), erasure.pk
    )
    # A take that nobody named bears its session's title: the leaver's words, or their name.
    named = Recording.objects.filter(session__host=user, title=F("session__title"))
    titles = dict(named.exclude(title="").exclude(owner=user).values_list("pk", "title"))
    remember(erasure, "titles", titles)
    Recording.objects.filter(pk__in=titles).update(title="")
    passing.leave_to_heirs(user)
    planning.call_off(user)
    rsvps.withdraw_all(user)
    rooms.close(JamSession.objects.filter(host=user, closed_at=None).values_list("pk", flat=True))
    mix_again_after(user)
    played_on = Recording.objects.filter(stems__player=user, owner__isnull=False)
    export.outdate(played_on.exclude(owner=user).values("owner"))
    sessions.revoke_links(user)


def after(user: User, erasure: Erasure) -> None:
    """Have the sockets of every room they were in ask the gate again."""
    rooms = Participant.objects.filter(user=user).order_by("-pk")
    for room in rooms.values_list("session_id", flat=True)[:ROOMS]:
        cut(f"jam.{room}")


def show(user: User, erasure: Erasure) -> None:
    """Put the titles back, and render the mixes again with the sound of who came back."""
    for key, title in (recall(erasure, "titles") or {}).items():
        Recording.objects.filter(pk=int(key), title="").update(title=title)
    mix_again_after(user)


def mix_again_after(user: User) -> None:
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


@transaction.atomic
def release_recordings(user: User, batch: int) -> int:
    """Hand recordings on to who still has sound in them; delete those nobody else plays on.

    One who is leaving too may still come back: their music is theirs until their own purge. The
    title was the leaver's text, the audience their decision: both go back to the safest.
    """
    rows = Recording.objects.select_for_update().filter(owner=user).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:batch])
    heirs = deleting.heirs(keys, user)
    _delete_recordings([key for key in keys if key not in heirs])
    if heirs:
        deleting.hand_on(heirs)
    return len(keys)


def _delete_recordings(keys: list[int]) -> None:
    """Delete recordings whole: mixes and sound first, then their rows."""
    mixes = Mix.objects.filter(recording__in=keys)
    mixes.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    while mixing.delete_withdrawn(mixes):
        pass
    mixing.delete_sounds(list(Stem.objects.filter(recording__in=keys)))
    delete_with(Recording.objects.filter(pk__in=keys))


def purge_stems(user: User, batch: int) -> int:
    """Delete the leaver's own sound, files first."""
    rows = list(Stem.objects.filter(player=user).order_by("pk")[:batch])
    mixing.delete_sounds(rows)
    Stem.objects.filter(pk__in=[stem.pk for stem in rows]).delete()
    # The leaver's own go all at once, when they are released.
    others = Recording.objects.filter(pk__in={stem.recording_id for stem in rows})
    deleting.delete_empty(others.exclude(owner=user).values_list("pk", flat=True))
    return len(rows)


def release_sessions(user: User, batch: int) -> int:
    """Let go of hosted sessions: gone where nobody else took part, nameless where others did.

    Answers of who didn't come in go: they were given to the leaver.
    """
    hosted = JamSession.objects.filter(host=user).order_by("pk")
    keys = list(hosted.values_list("pk", flat=True)[:batch])
    others = Participant.objects.filter(session__in=keys).exclude(user=user)
    others = others.filter(session__cancelled_at=None)  # nobody took part in what wasn't
    shared = set(others.values_list("session_id", flat=True))
    Rsvp.objects.filter(session__in=shared).exclude(state=Rsvp.State.GOING).delete()
    JamSession.objects.filter(pk__in=shared).update(
        host=None, title="", about="", welcome="", audience=Audience.PARTICIPANTS
    )
    delete_with(JamSession.objects.filter(pk__in=set(keys) - shared))
    return len(keys)
