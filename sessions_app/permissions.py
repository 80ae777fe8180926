"""May do. Each asks the gate for may see first; what is here is only about acting."""

from bands.permissions import may_run
from bands.queries import my_seat
from privacy.gate.access import can_see
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession, Recording, Rsvp
from sessions_app.room_queries import is_host, may

# A link shows a session; taking part by a link is what invitations are for.
OPEN = {
    Audience.PUBLIC,
    Audience.MEMBERS,
    Audience.FOLLOWERS,
    Audience.JAMMED,
    Audience.FANS,
    Audience.BAND,
}


def may_join(viewer: Viewer, session: JamSession) -> bool:
    """Members may take a seat in what they see by their audience; others take an invitation."""
    return (
        viewer.is_member
        and session.is_open
        and session.starts_at is None  # its seats go to who answers
        and session.audience in OPEN
        and can_see(viewer, session)
    )


def may_answer(viewer: Viewer, session: JamSession, before: Rsvp | None) -> bool:
    """Members may answer to what is planned and they see by its audience, or answered before."""
    return (
        viewer.is_member
        and session.starts_at is not None
        and not session.is_over
        and session.host_id != viewer.user_id
        and (before is not None or session.audience in OPEN)
        and can_see(viewer, session)
    )


def may_invite(viewer: Viewer, session: JamSession) -> bool:
    """The hosts make links that let in whoever holds them; a child's session needs no such link."""
    host = session.host
    if host is None or viewer.user_id is None or host.is_child:
        return False
    if host.pk == viewer.user_id:
        return True
    return is_host(session, viewer.user_id) and may(session, viewer.user_id, "invite")


def may_share_address(viewer: Viewer, session: JamSession) -> bool:
    """Who has the right to invite is shown the address by which others come into an open room."""
    return session.audience in OPEN and may(session, viewer.user_id or 0, "invite")


def may_take_off(viewer: Viewer, item: JamSession | Recording) -> bool:
    """Its owner, and who runs the band, may take a thing off the band's page."""
    if item.band_id is None or not viewer.is_member:
        return False
    owner = item.host_id if isinstance(item, JamSession) else item.owner_id
    return owner == viewer.user_id or may_run(my_seat(viewer, item.band))  # type: ignore[arg-type]


def may_edit(viewer: Viewer, recording: Recording) -> bool:
    return viewer.is_member and recording.owner_id == viewer.user_id
