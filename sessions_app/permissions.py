"""May do. Each asks the gate for may see first; what is here is only about acting."""

from privacy.access import can_see
from privacy.audiences import Audience
from privacy.viewer import Viewer
from sessions_app.models import JamSession, Recording


def may_join(viewer: Viewer, session: JamSession) -> bool:
    """Public sessions are open to members; others take an invitation."""
    return (
        viewer.is_member
        and session.is_open
        and session.audience == Audience.PUBLIC
        and can_see(viewer, session)
    )


def may_edit(viewer: Viewer, recording: Recording) -> bool:
    return viewer.is_member and recording.owner_id == viewer.user_id
