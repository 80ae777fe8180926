"""What hosts do about who is in their session: its door, taking somebody out, letting them in."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.live import tell
from privacy import notices
from privacy.gate.access import can_see
from privacy.gate.viewer import Viewer
from sessions_app.models import JamSession, Participant, Removal, Rsvp
from sessions_app.room_queries import is_host
from sessions_app.services import endings, rsvps, sfu
from sessions_app.services.recording import Refused
from sessions_app.services.sessions import revoke_links

notices.kind("rooms")


def hold_as_host(session: JamSession, by: User) -> JamSession:
    """Return an open session, locked, for one of its hosts. Raises Refused for everybody else."""
    locked = JamSession.objects.select_for_update().filter(pk=session.pk).first()
    if locked is None or not is_host(locked, by.pk):
        raise Refused(_("Only the session's hosts can do this. Nothing was changed."))
    if not locked.is_open:
        raise Refused(_("This session is closed."))
    return locked


@transaction.atomic
def lock(session: JamSession, by: User, *, locked: bool) -> None:
    """Let nobody take a new seat, or anybody who may. Idempotent. Raises Refused."""
    held = hold_as_host(session, by)
    if held.is_locked != locked:
        JamSession.objects.filter(pk=held.pk).update(is_locked=locked)
        held.is_locked = locked
        rsvps.move_up(held)
        transaction.on_commit(lambda: tell(f"jam.{held.pk}", type="room.door"))


@transaction.atomic
def ask_first(session: JamSession, by: User, *, asks: bool) -> None:
    """Let people in one by one, or whoever may take a seat. Idempotent. Raises Refused."""
    held = hold_as_host(session, by)
    if held.asks_first != asks:
        JamSession.objects.filter(pk=held.pk).update(asks_first=asks)
        transaction.on_commit(lambda: tell(f"jam.{held.pk}", type="room.door"))


def check_host(session: JamSession, by: User) -> None:
    """Raise Refused unless somebody is a host of a session that is open."""
    with transaction.atomic():
        hold_as_host(session, by)


def check_mute(session: JamSession, by: User, person: User) -> None:
    """Raise Refused unless one of the session's hosts mutes somebody who isn't its host."""
    said = _("The session's host can't be muted for everybody.")
    _check_over(
        session, by, person, said, _("Only the session's host can mute a co-host for everybody.")
    )


def check_picture(session: JamSession, by: User, person: User) -> None:
    """Raise Refused unless `by` may turn the picture of `person` off: who may mute them may."""
    said = _("The picture of the session's host can't be turned off for everybody.")
    co_host = _("Only the session's host can turn off the picture of a co-host for everybody.")
    _check_over(session, by, person, said, co_host)


def _check_over(session: JamSession, by: User, person: User, host: str, co_host: str) -> None:
    with transaction.atomic():
        locked = hold_as_host(session, by)
    if person.pk == locked.host_id:
        raise Refused(host)
    if by.pk != locked.host_id and is_host(locked, person.pk):
        raise Refused(co_host)


@transaction.atomic
def remove(session: JamSession, by: User, person: User) -> None:
    """Take somebody's seat away; they get none until a host lets them in again. Idempotent.

    What was recorded of them stays as it does when they leave. Raises Refused.
    """
    locked = hold_as_host(session, by)
    if person.pk == locked.host_id:
        raise Refused(_("The session's host can't be removed."))
    if person.pk == by.pk:
        raise Refused(_("You can't remove yourself: leave the room instead."))
    if by.pk != locked.host_id and is_host(locked, person.pk):
        raise Refused(_("Only the session's host can remove a co-host."))
    gone, _rows = Participant.objects.filter(session=locked, user=person).delete()
    if not gone:
        if Removal.objects.filter(session=locked, user=person).exists():
            return
        raise Refused(_("This person has no seat here any more."))
    Removal.objects.get_or_create(session=locked, user=person, defaults={"by": by})
    rsvps.removed(locked, person)
    revoke_links(person, locked)
    JamSession.objects.filter(pk=locked.pk, offered_to=person).update(offered_to=None)
    endings.left(locked, person.pk)
    sfu.put_out([locked.pk], person.pk)
    _tell_removed(locked, person)
    transaction.on_commit(lambda: tell(f"jam.{locked.pk}", type="room.removed", user=person.pk))


def _tell_removed(session: JamSession, person: User) -> None:
    """Tell somebody that they were removed: by the host, whichever of the hosts it was."""
    shown = can_see(Viewer.of(person), session)
    notices.tell(
        person,
        "rooms",
        _("The host removed you from a session"),
        _("Your seat is gone until a host lets you in again. What you recorded there stays yours."),
        url=session.get_absolute_url() if shown else "",
        mail=False,
    )


@transaction.atomic
def let_in_again(session: JamSession, by: User, person: User) -> None:
    """End a removal: the person may take a seat as anybody may. Idempotent. Raises Refused."""
    locked = hold_as_host(session, by)
    Removal.objects.filter(session=locked, user=person).delete()
    Rsvp.objects.filter(session=locked, user=person, state=Rsvp.State.REFUSED).delete()


def purge_removals(user: User, batch: int) -> int:
    """Delete what says that somebody was removed, and their name where they removed others."""
    keys = list(Removal.objects.filter(user=user).values_list("pk", flat=True)[:batch])
    Removal.objects.filter(pk__in=keys).delete()
    return len(keys) + Removal.objects.filter(by=user).update(by=None)
