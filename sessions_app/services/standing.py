"""A band's rehearsal room: always there for who is in the band, open while somebody is in it.

Each time is a session of its own, so that what is recorded in it has its evening: who comes first
opens and hosts it, and it closes as empty rooms do. The band's row is held, so that of two who come
at once one opens it and the other comes in.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bands.models import Band
from bands.services.members import hold_seat
from privacy.gate.access import can_see
from privacy.gate.audiences import Audience
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession
from sessions_app.services import rooms, sessions


@transaction.atomic
def enter(band: Band, user: User) -> JamSession:
    """Return the band's open room, in which somebody has a seat now. Idempotent.

    Raises NotInBand, NoSeat (full, locked, removed, somebody they don't meet), and TooMany.
    """
    if not hold_seat(band, user):
        raise sessions.NotInBand
    room = JamSession.objects.filter(band=band, is_standing=True, closed_at=None).first()
    if room is not None and not room.is_open:
        rooms.close([room.pk])  # its time is over, and nobody has said so yet
        room = None
    if room is None:
        return _open(band, user)
    if not can_see(Viewer.of(user), room):
        raise sessions.NoSeat(_("You can't come into the rehearsal room now."))
    sessions.join(room, user)
    return room


def _open(band: Band, user: User) -> JamSession:
    room = sessions.open_by_hand(user, title="", about="", audience=Audience.BAND, band=band)
    room.is_standing = True
    room.save(update_fields=["is_standing"])
    return room
