"""Who may write in a session's room now, asked by all that writes there: chat, set list, sheets."""

from django.utils.translation import gettext as _

from accounts.models import User
from sessions_app import room_queries
from sessions_app.models import JamSession, Participant
from sessions_app.services.recording import Refused


def may_write(session: JamSession | None, by: User) -> None:
    """Raise Refused, with a sentence, unless somebody may write in a session's room now.

    `session`: as it was just read; None where it is gone. The answer holds for as long as the
    session's row is locked, see `hold`.
    """
    seated = Participant.objects.filter(session=session, user=by).exists()
    if session is None or not session.is_open or not seated:
        raise Refused(_("This session is closed."))
    if not room_queries.may(session, by.pk, "chat"):
        raise Refused(_("A host decided that you don't write in this room for now."))


def hold(session: JamSession, by: User) -> JamSession:
    """Return the session, locked, for somebody who may write in it. Raises Refused.

    Closing, removing somebody and taking a right wait until the transaction is over.
    """
    held = JamSession.objects.select_for_update().filter(pk=session.pk).first()
    may_write(held, by)
    assert held is not None
    return held
