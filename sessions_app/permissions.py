"""May do. Each asks the gate for may see first; what is here is only about acting."""

from privacy.access import can_see
from privacy.audiences import Audience
from privacy.viewer import Viewer
from sessions_app.models import JamSession, Recording

# A link shows a session; taking part by a link is what invitations are for.
OPEN = {Audience.PUBLIC, Audience.MEMBERS, Audience.FOLLOWERS, Audience.JAMMED}


def may_join(viewer: Viewer, session: JamSession) -> bool:
    """Members may take a seat in what they see by their audience; others take an invitation."""
    return (
        viewer.is_member
        and session.is_open
        and session.audience in OPEN
        and can_see(viewer, session)
    )


def may_edit(viewer: Viewer, recording: Recording) -> bool:
    return viewer.is_member and recording.owner_id == viewer.user_id
