"""Named lists of sessions and recordings, each with a constant query count.

Every one goes through the gate; what callers add are filters and joins.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.identity.queries import naming, shown_people, shown_person
from accounts.models import User
from accounts.profile.faces import Face, Faces
from bands.queries import band_of
from foundation.postgres.expressions import AmongKeys
from privacy.gate import mutes
from privacy.gate.access import visible
from privacy.gate.viewer import Via, Viewer
from privacy.rls import bypass_rls
from schools.deny_rules import circle_of, in_circle
from sessions_app.delay import expected
from sessions_app.models import (
    CalendarFeed,
    Credit,
    JamSession,
    Mix,
    Participant,
    Recording,
    RecordingConsent,
    Removal,
    Rsvp,
    Stem,
)
from sessions_app.models.planning import TOLD, coming
from sessions_app.models.sessions import occupied_now, open_now

M = TypeVar("M", bound=Model)
HEARD = [Stem.State.CAPTURING, Stem.State.STORED, Stem.State.ALIGNED]
WORTH_LISTING = ~Q(state__in=[Recording.State.DECLINED, Recording.State.ASKING])


def sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return visible sessions with host, the number of those who took part, the `latency`."""
    seated = Participant.objects.filter(session=OuterRef("pk"))
    counted = (
        shown_people(seated, viewer, "user")
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = naming(visible(JamSession, viewer), viewer, "host")
    return rows.annotate(
        player_count=Coalesce(Subquery(counted), 0),
        of_band=band_of(viewer),
        taken=_taken(),
        latency=expected(viewer),
    )


def _taken() -> ArraySubquery:
    """Return the instruments of the seats that are given: how many are free, not who has them."""
    going = Rsvp.objects.filter(session=OuterRef("pk"), state=Rsvp.State.GOING).order_by()
    return ArraySubquery(going.values("instrument"))


def live_sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the sessions in whose room somebody is now.

    One that a muted person hosts only to who has a seat in it.
    """
    heard = mutes.unmuted("host", viewer)
    here = heard | Q(pk__in=my_seats(viewer)) if heard else heard
    return sessions(viewer).filter(here, occupied_now())


def my_empty_rooms(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the open sessions in which the viewer has a seat and nobody is now."""
    return sessions(viewer).filter(open_now(), ~occupied_now(), pk__in=my_seats(viewer))


def live_or_mine(viewer: Viewer) -> QuerySet[JamSession]:
    """Return what is live, and the open sessions in which the viewer has a seat."""
    if not viewer.is_member:
        return live_sessions(viewer)
    heard = mutes.unmuted("host", viewer)
    live = occupied_now() & heard if heard else occupied_now()
    return sessions(viewer).filter(open_now() & (live | Q(pk__in=my_seats(viewer))))


def planned_sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the sessions to come, of hosts whom the viewer hasn't muted."""
    return mutes.heard(sessions(viewer), viewer, "host").filter(coming())


def my_planned_sessions(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the sessions to come that the viewer hosts, or answered to and may come to."""
    return sessions(viewer).filter(_hosted_or_answered(viewer, coming()), coming())


def _hosted_or_answered(viewer: Viewer, hosted: Q) -> AmongKeys:
    """Return the condition on sessions that the viewer hosts (of those, some) or answered to."""
    own = JamSession.objects.filter(hosted, host=viewer.user_id).order_by().values("pk")
    answered = Rsvp.objects.filter(user=viewer.user_id, state__in=TOLD).order_by()
    return AmongKeys("pk", own.union(answered.values("session"), all=True))


def calendar_of(viewer: Viewer, since: datetime, most: int = 500) -> QuerySet[JamSession]:
    """Return the planned sessions of a person's calendar, those that were called off among them."""
    rows = sessions(viewer).filter(_hosted_or_answered(viewer, Q()), starts_at__gte=since)
    return rows.order_by("-starts_at", "-pk")[:most]


def my_states(viewer: Viewer) -> dict[int, str]:
    """Return what the viewer answered, by the key of the session."""
    mine = visible(Rsvp, viewer).filter(user=viewer.user_id, state__in=TOLD)
    return dict(mine.values_list("session_id", "state"))


def my_feed(viewer: Viewer) -> CalendarFeed | None:
    """Return the viewer's calendar feed, if they made one."""
    return visible(CalendarFeed, viewer).first()


def rsvps_of(viewer: Viewer, session: Any) -> QuerySet[Rsvp]:
    """Return the answers to a session (a key) that the viewer may see, in order of arrival."""
    rows = visible(Rsvp, viewer).filter(session=session)
    return rows.select_related("user").order_by("asked_at", "pk")


def my_rsvp(viewer: Viewer, session: Any) -> Rsvp | None:
    """Return what the viewer answered to a session."""
    return visible(Rsvp, viewer).filter(session=session, user=viewer.user_id).first()


def my_seats(viewer: Viewer) -> Any:
    """Return the keys of the sessions in which the viewer has a seat."""
    return Participant.objects.filter(user=viewer.user_id).order_by().values("session")


def my_seats_inside(viewer: Viewer) -> Any:
    """Return the keys of the sessions in whose room the viewer was, and where they have a seat."""
    return my_seats(viewer).filter(came_at__isnull=False)


def open_rooms(viewer: Viewer) -> QuerySet[JamSession]:
    """Return the open sessions whose room the viewer may be in: none of a host behind a block."""
    rows = visible(JamSession, viewer).filter(open_now())
    return shown_people(rows, viewer, "host")


def who_may_meet(viewer: Viewer, people: Iterable[int]) -> dict[int, User]:
    """Return those of the people in a room to whom no deny rule stands, either way, by key."""
    rows = User.objects.filter(circle_of(viewer.user_id), pk__in=list(people))
    met = shown_people(rows, viewer, "pk")
    return {user.pk: user for user in met.only("public_id", "username")}


def met_in_room(viewer: Viewer, people: Iterable[int]) -> dict[int, Face]:
    """Return the faces of those of the people in a room whom `who_may_meet` names."""
    faces = Faces(viewer)
    faces_by_key = {key: faces.of(user) for key, user in who_may_meet(viewer, people).items()}
    for face in faces_by_key.values():
        face.load()
    return faces_by_key


def who_all_meet(people: Iterable[int]) -> list[int]:
    """Return those of the people, taken in this order, between whom no deny rule stands.

    Deny rules are asked from both sides. A query for each: a room has eight seats.
    """
    keys = list(dict.fromkeys(people))
    meets = {key: who_may_meet(Viewer(key), keys) for key in keys}
    chosen: list[int] = []
    for key in keys:
        if all(key in meets[other] and other in meets[key] for other in chosen):
            chosen.append(key)
    return chosen


def all_meet(people: Iterable[int]) -> bool:
    """Return whether no deny rule stands between any two of these people."""
    keys = set(people)
    return len(who_all_meet(keys)) == len(keys)


def sessions_of(viewer: Viewer, person: Any) -> QuerySet[JamSession]:
    """Return the sessions that somebody (a key) took part in, as far as the viewer may see them."""
    took_part = Participant.objects.filter(user=person).values("session")
    return sessions(viewer).filter(pk__in=took_part)


def recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return visible recordings with owner and the duration of the mix in force."""
    rows = naming(visible(Recording, viewer), viewer, "owner")
    return rows.annotate(duration_ms=duration_in_force(), of_band=band_of(viewer))


def duration_in_force() -> Subquery:
    """Return the duration of a recording's mix in force, as a column of recordings."""
    in_force = Mix.objects.filter(
        recording=OuterRef("pk"), withdrawn_at__isnull=True, status=Mix.Status.DONE
    )
    return Subquery(in_force.values("duration_ms")[:1])


def shown_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return recordings worth listing: ready, or on the way for those who play on them."""
    return recordings(viewer).filter(WORTH_LISTING)


def new_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return what anyone may hear, public and ready, of people whom the viewer hasn't muted."""
    rows = mutes.heard(recordings(viewer), viewer, "owner")
    return rows.filter(audience="public", state=Recording.State.READY)


def my_recordings(viewer: Viewer) -> QuerySet[Recording]:
    """Return recordings the viewer owns or plays on."""
    return shown_recordings(viewer).filter(mine(viewer))


def mine(viewer: Viewer) -> AmongKeys:
    """Condition for recordings the viewer owns or plays on.

    One set of keys: with an OR, PostgreSQL walks all recordings until it has found enough.
    """
    plays = Credit.objects.filter(player=viewer.user_id).order_by().values("recording")
    owned = Recording.objects.filter(owner=viewer.user_id).order_by().values("pk")
    return AmongKeys("pk", owned.union(plays, all=True))


def recordings_with(viewer: Viewer, person: Any) -> QuerySet[Recording]:
    """Return what somebody (a key) owns or plays on, as far as the viewer may hear it."""
    played = Credit.objects.filter(player=person, state__in=HEARD).order_by().values("recording")
    owned = Recording.objects.filter(owner=person).order_by().values("pk")
    return shown_recordings(viewer).filter(AmongKeys("pk", owned.union(played, all=True)))


def recordings_of_band(viewer: Viewer, band: Any) -> QuerySet[Recording]:
    """Return what a band (a key) recorded, as far as the viewer may hear it."""
    return shown_recordings(viewer).filter(band=band)


def sessions_of_band(viewer: Viewer, band: Any) -> QuerySet[JamSession]:
    return sessions(viewer).filter(band=band)


def credits(viewer: Viewer) -> QuerySet[Credit]:
    """Return who plays on which recording.

    Who plays on a recording is part of it: who may see the recording may see the names, except
    where a deny rule stands between the two.
    """
    plays = shown_people(Credit.objects.all(), viewer, "player")
    return plays.filter(state__in=HEARD).order_by("pk")


def credits_for_lists(viewer: Viewer) -> QuerySet[Credit]:
    """Return `credits` with no more of each than a list of recordings shows."""
    plays = credits(viewer).select_related("player")
    return plays.only("recording", "player__username", "player__public_id")


def mix_of(viewer: Viewer, recording: Recording) -> Mix | None:
    return visible(Mix, viewer).filter(recording=recording).first()


def stems_of(viewer: Viewer, recording: Any) -> QuerySet[Stem]:
    """Return the stems of a recording (a key) that the viewer may hear, and know of, one by one.

    Those who play on it know of them all, those too that never came or are left out; whom a deny
    rule keeps apart from them isn't named (`shown_person`).
    """
    stems = visible(Stem, viewer).filter(recording=recording)
    return naming(stems, viewer, "player").order_by("pk")


def players_of(viewer: Viewer, session: Any) -> QuerySet[Participant]:
    """Return the seats of a session (a key), as far as the viewer may know who has them."""
    rows = visible(Participant, viewer).filter(session=session)
    return rows.select_related("user").order_by("joined_at", "pk")


def seated_with(viewer: Viewer, sessions: Any) -> QuerySet[Participant]:
    """Return the seats of some sessions (the gap for their keys), each with its `instrument`.

    The instrument is that of the seat, where it was taken for one.
    """
    answered = Rsvp.objects.filter(
        session=OuterRef("session"), user=OuterRef("user"), state=Rsvp.State.GOING
    )
    rows = visible(Participant, viewer).filter(AmongKeys("session", sessions))
    rows = rows.annotate(instrument=Subquery(answered.values("instrument")[:1]))
    return rows.select_related("user").order_by("joined_at", "pk")


def removed_here(viewer: Viewer) -> Exists:
    """Condition for sessions that a host removed the viewer from."""
    return Exists(Removal.objects.filter(session=OuterRef("pk"), user=viewer.user_id))


def take_in_room(viewer: Viewer, session: JamSession) -> int | None:
    """Return the newest take of a session that isn't over, of those the viewer was asked for."""
    mine = Recording.objects.filter(session=session, consents__user=viewer.user_id)
    over = [Recording.State.DECLINED, Recording.State.FAILED, Recording.State.READY]
    return mine.exclude(state__in=over).order_by("-pk").values_list("pk", flat=True).first()


def recording_for_room(recording_id: int, viewer: Viewer) -> dict[str, Any] | None:
    """Return a recording as the room shows it to one of those it asked (docs/realtime.md).

    None to everybody else: a frame is gated as the recording's page is. Who is asked while it runs
    is told of it as long as it runs, and so is who said no to joining it.
    """
    rows = naming(Recording.objects.select_related("session"), viewer, "owner")
    recording: Any = rows.filter(pk=recording_id).first()
    if recording is None:
        return None
    consents = list(recording.consents.select_related("user").order_by("user__username"))
    answers = {consent.user_id: consent.answer for consent in consents}
    shown = who_may_meet(viewer, answers)
    mine = answers.get(viewer.user_id)
    asking = recording.state in {Recording.State.ASKING, Recording.State.DECLINED}
    together = [key for key, said in answers.items() if asking or said == "yes"]
    if not _tells(recording, viewer, mine, everybody=shown.keys() >= set(together)):
        return None
    owner = shown_person(recording, "owner")
    stem = recording.stems.filter(player_id=viewer.user_id, state=Stem.State.CAPTURING).first()
    named = [consent for consent in consents if consent.user_id in shown]
    return {
        "id": recording.public_id,
        "state": recording.state,
        "by": owner.username if owner else "",
        "answer": mine,
        "waiting": [consent.user.username for consent in named if consent.answer == "waiting"],
        "agreed": [consent.user.username for consent in named if consent.answer == "yes"],
        "starts_at": recording.starts_at_ms,
        "ends_at": recording.ends_at_ms,
        "stops_at": recording.stops_at_ms,
        "ending": recording.ending,
        "stem": stem.public_id if stem else None,
        "url": recording.get_absolute_url(),
    }


def _tells(recording: Recording, viewer: Viewer, mine: str | None, *, everybody: bool) -> bool:
    """Whether the room may tell this viewer of a take; `everybody`: no deny rule to any of it."""
    if mine is None:
        return False
    if recording.state in {Recording.State.ASKING, Recording.State.DECLINED}:
        return everybody
    if mine == RecordingConsent.Answer.YES:
        return visible(Recording, viewer).filter(pk=recording.pk).exists()
    return recording.state == Recording.State.RECORDING and everybody


def mix_progress(recording: Recording) -> tuple[int, bool]:
    """Return how far the mix on its way is, in percent, and whether it waits for room on the disk.

    Nobody sees the mix itself before.
    """
    coming = recording.mixes.filter(withdrawn_at__isnull=True).only("percent", "status", "error")
    with bypass_rls("how far the mix of a visible recording is"):
        mix = coming.first()
    return (mix.percent, mix.waits_for_room) if mix is not None else (0, False)


def among_whom_they_know(user: Any) -> Q:
    """Return the condition on mixes in which no child can be heard whom this person may not meet.

    What is each player's own, the stems, goes into their copy whoever else played.
    """
    heard = Stem.objects.filter(player__age_group=User.AgeGroup.CHILD)
    strange = heard.exclude(in_circle("player", Viewer(user.pk)))
    return ~Q(recording__in=strange.order_by().values("recording"))


def played_on(user: Any) -> QuerySet[Recording]:
    """Return others' recordings that somebody plays on, for their copy.

    None of an owner whom a deny rule keeps apart from them, or who is leaving: a title is its
    owner's words. What they played on those is in their copy all the same, as their own sound.
    """
    plays = Credit.objects.filter(player=user).order_by().values("recording")
    rows = Recording.objects.filter(pk__in=plays).exclude(owner=user)
    return shown_people(rows, Viewer(user.pk, Via.JOB), "owner")
