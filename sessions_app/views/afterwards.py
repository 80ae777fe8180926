"""What a session's page says of its players; of a session that is over, to who was there, more."""

from typing import Any

from django.db.models import Q

from accounts.connections import queries as connections
from accounts.identity.member_request import MemberRequest
from accounts.identity.queries import shown_person
from accounts.profile.faces import Faces
from privacy.consent import purposes
from privacy.gate.access import get_visible_or_404
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app import queries
from sessions_app.models import JamSession, Participant
from sessions_app.room_queries import seat_of
from sessions_app.services import stays


def players(
    viewer: Viewer, session: Any, seats: list[Participant], mine: Participant | None, faces: Faces
) -> dict[str, Any]:
    """Return who has a seat, of `seats` that the gate showed.

    Afterwards, to who was inside: who else was, for how long (of who agreed), and whom they follow.
    One query more.
    """
    was_inside = mine is not None and mine.came_at is not None
    is_after = was_inside and session.is_over and session.cancelled_at is None
    if is_after:
        seats = [seat for seat in seats if seat.came_at is not None]
    follows = _follows(viewer, seats) if is_after else {}
    return {
        "was_inside": was_inside,
        "is_after": is_after,
        "offers_time": is_after
        and mine is not None
        and mine.inside_seconds is None
        and purposes.get(stays.KEY).concerns(mine.user)
        and not mine.user.is_child,
        "players": [
            {
                "face": faces.of(seat.user),
                "seat": seat_of(seat, session.host_id),
                "minutes": (seat.inside_seconds or 0) // 60 if is_after else 0,
                "follow": follows.get(seat.user_id, ""),
                "may_follow": is_after
                and seat.user_id != viewer.user_id
                and seat.user_id not in follows,
            }
            for seat in seats
        ],
    }


def _follows(viewer: Viewer, seats: list[Participant]) -> dict[int, str]:
    """Return the state of the viewer's follows among people, by key."""
    there = [seat.user_id for seat in seats]
    rows = connections.following(viewer).filter(followee__in=there)
    return dict(rows.values_list("followee_id", "state"))


def played_before(request: MemberRequest, public_id: str) -> JamSession:
    """Return a session that one hosted or was inside, to plan another from.

    What its host wrote, and for which band it was, stays with who hosted it.
    """
    viewer = Viewer.looking(request)
    mine = Q(host=viewer.user_id) | Q(pk__in=queries.my_seats_inside(viewer))
    session = get_visible_or_404(queries.sessions(viewer).filter(mine), viewer, public_id=public_id)
    if session.host_id != viewer.user_id:
        session.about = session.welcome = ""
        session.band, session.audience, session.approval = None, Audience.MEMBERS, False
        if shown_person(session, "host") is None:
            session.title = ""
    return session
