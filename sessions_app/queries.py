"""Named lists of sessions and recordings, each with a constant query count.

Every one goes through the gate; what callers add are filters and joins.
"""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.queries import naming, shown_people, shown_person
from accounts.walls import in_circle
from bands.models import Band
from bands.queries import band_of
from privacy import quiet
from privacy.access import visible
from privacy.viewer import Viewer
from privacy.wall import as_system
from sessions_app.models import (
    ChatLine,
    Credit,
    JamSession,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Stem,
)

HEARD = [Stem.State.CAPTURING, Stem.State.STORED, Stem.State.ALIGNED]
WORTH_LISTING = ~Q(state__in=[Recording.State.DECLINED, Recording.State.ASKING])


def sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return visible sessions with host and the number of those who took part."""
    seated = Participant.objects.filter(session=OuterRef("pk"))
    counted = (
        shown_people(seated, viewer, "user")
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = naming(visible(JamSession, viewer), viewer, "host")
    return rows.annotate(player_count=Coalesce(Subquery(counted), 0), of_band=band_of(viewer))


def live_sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return open sessions; one that a muted person hosts only to who has a seat in it."""
    seats = Participant.objects.filter(user=viewer.user_id).order_by().values("session")
    heard = quiet.unmuted("host", viewer)
    here = heard | Q(pk__in=seats) if heard else heard
    return sessions(viewer).filter(here, closed_at__isnull=True)


def open_rooms(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the open sessions whose room the viewer may be in: none of a host behind a block."""
    rows = visible(JamSession, viewer).filter(closed_at__isnull=True)
    return shown_people(rows, viewer, "host")


def who_may_meet(viewer: Viewer, people: list[int]) -> set[int]:
    """Return those of the people in a room before whom no wall stands for this viewer."""
    met = shown_people(User.objects.filter(pk__in=people), viewer, "pk")
    return set(met.values_list("pk", flat=True))


def sessions_of(viewer: Viewer, user: User) -> QuerySet[JamSession]:
    """Return the sessions a person took part in, as far as the viewer may see them."""
    took_part = Participant.objects.filter(user=user).values("session")
    return sessions(viewer).filter(pk__in=took_part)


def recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return visible recordings with owner and the duration of the mix in force."""
    rows = naming(visible(Recording, viewer), viewer, "owner")
    return rows.annotate(duration_ms=duration_in_force(), of_band=band_of(viewer))


def duration_in_force() -> Subquery:
    """Return the duration of a recording's mix in force, as a column of recordings."""
    in_force = Mix.objects.filter(
        recording=OuterRef("pk"), withdrawn_at__isnull=True, work=Mix.Progress.DONE
    )
    return Subquery(in_force.values("duration_ms")[:1])


def shown_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return recordings worth listing: ready, or on the way for those who play on them."""
    return recordings(viewer).filter(WORTH_LISTING)


def new_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return what anyone may hear, public and ready, of people whom the viewer hasn't muted."""
    rows = quiet.heard(recordings(viewer), viewer, "owner")
    return rows.filter(audience="public", state=Recording.State.READY)


def my_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return recordings the viewer owns or plays on."""
    return shown_recordings(viewer).filter(mine(viewer))


def mine(viewer: Viewer) -> Q:
    """Condition for recordings the viewer owns or plays on.

    One set of keys: with an OR, PostgreSQL walks all recordings until it has found enough.
    """
    plays = Credit.objects.filter(player=viewer.user_id).order_by().values("recording")
    owned = Recording.objects.filter(owner=viewer.user_id).order_by().values("pk")
    return Q(pk__in=owned.union(plays, all=True))


def recordings_with(viewer: Viewer, user: User) -> QuerySet[Recording]:
    """Return the takes that somebody owns or plays on, as far as the viewer may hear them."""
    played = Credit.objects.filter(player=user, state__in=HEARD).order_by().values("recording")
    owned = Recording.objects.filter(owner=user).order_by().values("pk")
    return shown_recordings(viewer).filter(pk__in=owned.union(played, all=True))


def recordings_of_band(viewer: Viewer, band: Band) -> QuerySet[Recording]:
    """Return what a band recorded, as far as the viewer may hear it."""
    return shown_recordings(viewer).filter(band=band)


def sessions_of_band(viewer: Viewer, band: Band) -> QuerySet[JamSession]:
    return sessions(viewer).filter(band=band)


def credits(viewer: Viewer) -> QuerySet[Credit]:
    """Return who plays on which recording.

    Who plays on a recording is part of it: who may see the recording may see the names, except
    where a wall stands between the two.
    """
    plays = shown_people(Credit.objects.all(), viewer, "player")
    return plays.filter(state__in=HEARD).order_by("pk")


def with_players(rows: QuerySet[Recording], viewer: Viewer) -> QuerySet[Recording]:
    """Add the players of each recording, as `credits`, in one query for all rows."""
    plays = credits(viewer).select_related("player").only("recording", "player__username")
    return rows.prefetch_related(Prefetch("credit_rows", queryset=plays, to_attr="credits"))


def with_sound(rows: QuerySet[Recording], viewer: Viewer) -> QuerySet[Recording]:
    """Add the mix in force of each recording, as `in_force`, in one query for all rows."""
    mixes = visible(Mix, viewer).defer("peaks")
    return rows.prefetch_related(Prefetch("mixes", queryset=mixes, to_attr="in_force"))


def listed(rows: QuerySet[Recording], viewer: Viewer) -> QuerySet[Recording]:
    """Add what a list of recordings shows of each: who plays, and the sound."""
    return with_sound(with_players(rows, viewer), viewer)


def mix_of(viewer: Viewer, recording: Recording) -> Mix | None:
    return visible(Mix, viewer).filter(recording=recording).first()


def stems_of(viewer: Viewer, recording: Recording) -> QuerySet[Stem]:
    """Return the stems of a recording that the viewer may hear, and know of, one by one.

    Those who play on it know of them all, those too that never came or are left out.
    """
    stems = visible(Stem, viewer).filter(recording=recording)
    return stems.select_related("player").order_by("pk")


def players_of(viewer: Viewer, session: JamSession) -> QuerySet[Participant]:
    rows = visible(Participant, viewer).filter(session=session)
    return rows.select_related("user").order_by("joined_at", "pk")


def chat_of(viewer: Viewer, session: JamSession, last: int = 50) -> list[ChatLine]:
    """Return the newest lines of a room, oldest first."""
    rows = visible(ChatLine, viewer).filter(session=session).select_related("author")
    return list(rows.order_by("-created_at", "-pk")[:last])[::-1]


def recording_for_room(recording_id: int, viewer: Viewer) -> dict[str, Any] | None:
    """Return a recording as the room shows it to one of its players (docs/realtime.md)."""
    rows = naming(Recording.objects.select_related("session"), viewer, "owner")
    recording = rows.filter(pk=recording_id).first()
    if recording is None:
        return None
    asked = shown_people(RecordingConsent.objects.filter(recording=recording), viewer, "user")
    consents = list(asked.select_related("user").order_by("user__username"))
    owner = shown_person(recording, "owner")
    stem = (
        recording.stems.filter(player_id=viewer.user_id).exclude(state=Stem.State.WITHDRAWN).first()
    )
    return {
        "id": recording.public_id,
        "state": recording.state,
        "by": owner.username if owner else "",
        "waiting": [one.user.username for one in consents if one.answer == "waiting"],
        "agreed": [one.user.username for one in consents if one.answer == "yes"],
        "starts_at": recording.starts_at_ms,
        "stops_at": recording.stops_at_ms,
        "stem": stem.public_id if stem else None,
        "url": recording.get_absolute_url(),
    }


def mix_progress(recording: Recording) -> int:
    """Return how far the mix on its way is, in percent; nobody sees the mix itself before."""
    coming = recording.mixes.filter(withdrawn_at__isnull=True).values_list("percent", flat=True)
    with as_system("how far the mix of a visible recording is"):
        return coming.first() or 0


def among_whom_they_know(user: Any) -> Q:
    """Return the condition on mixes in which no child can be heard whom this person may not meet.

    What is each player's own, the stems, goes into their copy whoever else played.
    """
    heard = Stem.objects.filter(player__age_group=User.AgeGroup.CHILD)
    strange = heard.exclude(in_circle("player", Viewer(user.pk)))
    return ~Q(recording__in=strange.order_by().values("recording"))
