"""May do. Each asks the gate for may see first; what is here is only about acting."""

from bands.permissions import may_run
from bands.queries import my_seat
from privacy.gate.access import can_see
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession, Recording, Rsvp

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
    """The host makes links that let in whoever holds them; a child's session needs no such link."""
    host = session.host
    return host is not None and host.pk == viewer.user_id and not host.is_child


def may_take_off(viewer: Viewer, item: JamSession | Recording) -> bool:
    """Its owner, and who runs the band, may take a thing off the band's page."""
    if item.band_id is None or not viewer.is_member:
        return False
    owner = item.host_id if isinstance(item, JamSession) else item.owner_id
    return owner == viewer.user_id or may_run(my_seat(viewer, item.band))  # type: ignore[arg-type]


def may_edit(viewer: Viewer, recording: Recording) -> bool:
    return viewer.is_member and recording.owner_id == viewer.user_id
