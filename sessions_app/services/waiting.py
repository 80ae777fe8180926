"""The waiting room: who would take a seat asks a host, who lets them in or doesn't."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import limits
from foundation.live import tell
from privacy import notices
from privacy.gate.access import can_see
from privacy.gate.viewer import Viewer
from sessions_app import presence
from sessions_app.models import JamSession, Knock
from sessions_app.models.hosting import KNOCK_LASTS
from sessions_app.room_queries import is_host
from sessions_app.services import sessions
from sessions_app.services.hosting import hold_as_host
from sessions_app.services.recording import Refused

MOST_WAITING = 20  # in front of one session


class CrowdedDoor(sessions.NoSeat):
    """As many wait as may wait."""


class Declined(sessions.NoSeat):
    """A host has just said no."""


@transaction.atomic
def knock(session: JamSession, user: User) -> Knock | None:
    """Ask to be let in; None for who has a seat. Idempotent.

    Raises TooMany, and NoSeat for who could not be let in: full, locked, removed, a child's circle.
    """
    locked = JamSession.objects.select_for_update().get(pk=session.pk)
    if locked.participants.filter(user=user).exists():
        return None
    sessions.check_seat(locked, user)
    _forget_stale(locked)
    existing = Knock.objects.filter(session=locked, user=user).first()
    if existing is not None:
        if existing.state == Knock.State.DECLINED:
            raise Declined(_("A host didn't let you in. You can ask again in ten minutes."))
        Knock.objects.filter(pk=existing.pk).update(seen_at=timezone.now())
        return existing
    limits.KNOCKS.spend(user.pk)
    if Knock.objects.filter(session=locked, state=Knock.State.WAITING).count() >= MOST_WAITING:
        raise CrowdedDoor(_("Twenty people wait to be let in. Try again in a moment."))
    made = Knock.objects.create(session=locked, user=user)
    _tell_hosts(locked)
    return made


def _forget_stale(session: JamSession) -> None:
    """Those whose page gives no sign of life don't wait any more."""
    Knock.objects.filter(session=session, seen_at__lte=timezone.now() - KNOCK_LASTS).delete()


def _tell_hosts(session: JamSession) -> None:
    """Tell the hosts who are in the room at once; none of them in, the session's host by a notice.

    Who it is that asks, they see on the page or in the room, as far as the gate lets them.
    """
    key, host = session.pk, session.host
    peers = (presence.inside([key]) or {}).get(key, ())
    if host is not None and not any(is_host(session, peer.user_id) for peer in peers):
        notices.tell(
            host,
            "rooms",
            _("Somebody asks to come into your session"),
            _("They wait until you let them in, or leave."),
            url=session.get_absolute_url(),
            mail=False,
            about=session,
        )
    transaction.on_commit(lambda: tell(f"jam.{key}", type="room.knocks"))


def still_waits(knock: Knock) -> None:
    """Note a sign of life of the page of somebody who waits."""
    Knock.objects.filter(pk=knock.pk, state=Knock.State.WAITING).update(seen_at=timezone.now())


def give_up(session: JamSession, user: User) -> None:
    """Wait no longer. A no that was said stays for its time: asking anew would undo it."""
    Knock.objects.filter(session=session, user=user, state=Knock.State.WAITING).delete()
    transaction.on_commit(lambda: tell(f"jam.{session.pk}", type="room.knocks"))


def take_back(user: User, knock: Knock) -> None:
    """Delete a row of one's own, at one's wish; a no only ends by itself."""
    give_up(knock.session, user)


@transaction.atomic
def admit(session: JamSession, by: User, person: User) -> None:
    """Give a seat to somebody who waits. Raises Refused when they don't, or can't come in."""
    locked = hold_as_host(session, by)
    rows = Knock.objects.filter(session=locked, user=person, state=Knock.State.WAITING)
    if not rows.filter(seen_at__gt=timezone.now() - KNOCK_LASTS).exists():
        if locked.participants.filter(user=person).exists():
            return  # two hosts pressed at once
        raise Refused(_("This person doesn't wait any more."))
    if not can_see(Viewer.of(person), locked):
        raise Refused(_("This person can't come in any more."))
    try:
        sessions.join(locked, person, admitted=True)
    except sessions.NoSeat as why:
        raise Refused(str(why)) from None
    rows.delete()
    transaction.on_commit(lambda: tell(f"jam.{locked.pk}", type="room.knocks"))


@transaction.atomic
def decline(session: JamSession, by: User, person: User) -> None:
    """Say no to somebody who waits: they may ask again after a while. Raises Refused."""
    locked = hold_as_host(session, by)
    rows = Knock.objects.filter(session=locked, user=person)
    if rows.filter(state=Knock.State.DECLINED).exists():
        return
    if not rows.update(state=Knock.State.DECLINED, seen_at=timezone.now()):
        raise Refused(_("This person doesn't wait any more."))
    transaction.on_commit(lambda: tell(f"jam.{locked.pk}", type="room.knocks"))


def sweep(batch: int = 500) -> int:
    """Delete the rows whose time is over, and tell the rooms' hosts; return how many."""
    stale = Knock.objects.filter(seen_at__lte=timezone.now() - KNOCK_LASTS)
    rows = dict(stale.values_list("pk", "session_id")[:batch])
    Knock.objects.filter(pk__in=rows).delete()
    for key in set(rows.values()):
        tell(f"jam.{key}", type="room.knocks")
    return len(rows)
