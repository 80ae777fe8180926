"""Lists of pages whose statements are written once for each kind of viewer.

What they show, and to whom, is said in `sessions_app.queries`; here it is only kept.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet, TextField

from accounts.models import User
from foundation.postgres.expressions import AmongKeys
from foundation.postgres.statements import Gap
from privacy.gate.access import visible
from privacy.gate.statements import GatedPages, GatedStatement
from privacy.gate.viewer import Viewer
from privacy.sharing.previews import previewed
from sessions_app import presence, queries
from sessions_app.models import JamSession, Mix, Participant, Recording

M = TypeVar("M", bound=Model)
NEWEST, LIVE, NEXT = 8, 6, 6  # of the home page
SESSIONS = 12  # beside somebody's takes, or a band's
TAKES = 20  # of one session


def _newest_of(rows: QuerySet[M], most: int) -> QuerySet[M]:
    return rows.order_by("-created_at", "-pk")[:most]


_newest = GatedStatement(lambda viewer: _newest_of(queries.new_recordings(viewer), NEWEST))
_live = GatedStatement(lambda viewer: _newest_of(queries.live_sessions(viewer), LIVE))
new_recordings = GatedPages(queries.new_recordings)
my_recordings = GatedPages(queries.my_recordings)
recordings_with = GatedPages(lambda viewer: queries.recordings_with(viewer, Gap("person")), size=12)
recordings_of_band = GatedPages(lambda viewer: queries.recordings_of_band(viewer, Gap("band")))
live_sessions = GatedPages(queries.live_sessions)
my_empty_rooms = GatedStatement(lambda viewer: _newest_of(queries.my_empty_rooms(viewer), SESSIONS))
planned_sessions = GatedPages(queries.planned_sessions, moment="starts_at", soonest=True)
my_planned_sessions = GatedPages(queries.my_planned_sessions, moment="starts_at", soonest=True)
_next = GatedStatement(
    lambda viewer: queries.planned_sessions(viewer).order_by("starts_at", "pk")[:NEXT]
)
_my_next = GatedStatement(
    lambda viewer: queries.my_planned_sessions(viewer).order_by("starts_at", "pk")[:NEXT]
)
rsvps_of = GatedStatement(lambda viewer: queries.rsvps_of(viewer, Gap("session")))
sessions_of = GatedStatement(
    lambda viewer: _newest_of(queries.sessions_of(viewer, Gap("person")), SESSIONS)
)
sessions_of_band = GatedStatement(
    lambda viewer: _newest_of(queries.sessions_of_band(viewer, Gap("band")), SESSIONS)
)
one_recording = GatedStatement(
    lambda viewer: previewed(queries.recordings(viewer)).filter(
        public_id=Gap("public_id", TextField())
    )
)
one_session = GatedStatement(
    lambda viewer: (
        previewed(queries.sessions(viewer))
        .annotate(is_removed=queries.removed_here(viewer))
        .filter(public_id=Gap("public_id", TextField()))
    )
)
players_of = GatedStatement(lambda viewer: queries.players_of(viewer, Gap("session")))
takes_of = GatedStatement(
    lambda viewer: _newest_of(
        queries.shown_recordings(viewer).filter(session=Gap("session")), TAKES
    )
)
stems_of = GatedStatement(lambda viewer: queries.stems_of(viewer, Gap("recording")))
_credits = GatedStatement(
    lambda viewer: queries.credits_for_lists(viewer).filter(AmongKeys("recording", Gap("keys")))
)
_mixes = GatedStatement(
    lambda viewer: (
        visible(Mix, viewer).defer("peaks").filter(AmongKeys("recording", Gap("keys"))).order_by()
    )
)
_seats = GatedStatement(
    lambda viewer: (
        visible(Participant, viewer)
        .filter(AmongKeys("session", Gap("sessions")), AmongKeys("user", Gap("people")))
        .select_related("user")
        .order_by("user__username")
    )
)
_seated = GatedStatement(lambda viewer: queries.seated_with(viewer, Gap("keys")))


def newest(viewer: Viewer) -> list[Recording]:
    """Return the newest of `queries.new_recordings`, with all that a list shows of each."""
    return with_sound_and_players(_newest.all(viewer), viewer)


def live(viewer: Viewer) -> list[JamSession]:
    """Return the newest of `queries.live_sessions`, each with who is `inside`."""
    return with_inside(_live.all(viewer), viewer)


def coming_up(viewer: Viewer) -> list[JamSession]:
    """Return the next of `queries.planned_sessions`."""
    return _next.all(viewer)


def my_coming_up(viewer: Viewer) -> list[JamSession]:
    """Return the next of `queries.my_planned_sessions`; no query where nobody is signed in."""
    return _my_next.all(viewer) if viewer.is_member else []


def with_players(rows: Iterable[Any], viewer: Viewer) -> list[Any]:
    """Add to each recording who plays, as `credits`, in one query."""
    return _credits.attach(rows, viewer, "credits", by="recording_id")


def with_sound_and_players(rows: Iterable[Any], viewer: Viewer) -> list[Any]:
    """Add to each recording `credits`, and the mixes `in_force`: two queries."""
    recordings = with_players(rows, viewer)
    _mixes.attach(recordings, viewer, "in_force", by="recording_id")
    for recording in recordings:
        for mix in recording.in_force:
            mix.recording = recording
    return recordings


def with_seated(rows: Iterable[Any], viewer: Viewer) -> list[Any]:
    """Add who has a seat in each session, as `seated`, in one query; none where there are none."""
    return _seated.attach(rows, viewer, "seated", by="session_id")


def with_inside(rows: Iterable[Any], viewer: Viewer) -> list[Any]:
    """Add who is in each room now, as `inside`: people, as far as the viewer may know them.

    One query for all rows; none where nobody is in any. Empty while Valkey is away.
    """
    sessions = list(rows)
    live = {row.pk: row for row in sessions if row.is_live}
    peers = presence.inside(live) or {}
    people = {peer.user_id for those in peers.values() for peer in those}
    here: dict[int, list[User]] = {}
    if people:
        for seat in _seats.all(viewer, sessions=list(live), people=sorted(people)):
            if any(peer.user_id == seat.user_id for peer in peers[seat.session_id]):
                here.setdefault(seat.session_id, []).append(seat.user)
    for row in sessions:
        row.inside = here.get(row.pk, [])
    return sessions
