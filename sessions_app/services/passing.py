"""Who hosts a session: co-hosts, their rights and the players', and passing it on."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bands.services.members import hold_seat
from foundation import limits
from foundation.live import tell
from privacy import notices
from privacy.gate.audiences import OF_BANDS, Audience
from privacy.gate.viewer import Viewer
from schools.services import children
from sessions_app.models import JamSession, Participant
from sessions_app.queries import who_may_meet
from sessions_app.room_queries import meets_host
from sessions_app.services import rsvps
from sessions_app.services.hosting import hold_as_host
from sessions_app.services.recording import Refused
from sessions_app.services.sessions import revoke_links

Role = Participant.Role
# Audiences that are other people's once the session is another's.
OF_THE_HOST = {Audience.LINK, Audience.FOLLOWERS, Audience.JAMMED}


def _tell_room(session: JamSession) -> None:
    transaction.on_commit(lambda: tell(f"jam.{session.pk}", type="room.seats"))


def _seat(session: JamSession, person: User) -> Participant:
    seat = Participant.objects.filter(session=session, user=person).first()
    if seat is None:
        raise Refused(_("This person has no seat here any more."))
    if person.pk == session.host_id:
        raise Refused(_("The session's host has every right already."))
    return seat


def _hold_as_the_host(session: JamSession, by: User) -> JamSession:
    locked = hold_as_host(session, by)
    if locked.host_id != by.pk:
        raise Refused(_("Only the session's host can do this, not its co-hosts."))
    return locked


@transaction.atomic
def set_role(session: JamSession, by: User, person: User, *, co_host: bool) -> None:
    """Make somebody with a seat a co-host, or a player again. Idempotent. Raises Refused."""
    locked = _hold_as_the_host(session, by)
    seat, role = _seat(locked, person), Role.CO_HOST if co_host else Role.PLAYER
    if not co_host:
        revoke_links(person, locked)
    if seat.role != role:
        seat.role, seat.role_since = role, timezone.now()
        seat.save(update_fields=["role", "role_since"])
        _tell_room(locked)


@transaction.atomic
def set_rights(
    session: JamSession,
    by: User,
    person: User,
    *,
    chat: bool,
    record: bool,
    tempo: bool,
    invite: bool,
) -> None:
    """Say what somebody with a seat may do. A co-host's are the host's to say. Raises Refused."""
    locked = hold_as_host(session, by)
    seat = _seat(locked, person)
    if seat.role == Role.CO_HOST and locked.host_id != by.pk:
        raise Refused(_("Only the session's host can do this, not its co-hosts."))
    seat.may_chat, seat.may_record = chat, record
    seat.may_tempo, seat.may_invite = tempo, invite
    seat.save(update_fields=["may_chat", "may_record", "may_tempo", "may_invite"])
    if not invite:
        revoke_links(person, locked)
    _tell_room(locked)


@transaction.atomic
def offer(session: JamSession, by: User, person: User) -> None:
    """Ask somebody with a seat to take the session over; it stays the host's until they say yes.

    Who was asked before isn't any more. Raises Refused.
    """
    locked = _hold_as_the_host(session, by)
    _seat(locked, person)
    if locked.offered_to_id == person.pk:
        return
    limits.OFFERS.spend(by.pk)
    JamSession.objects.filter(pk=locked.pk).update(offered_to=person)
    notices.tell(
        person,
        "rooms",
        _("You are asked to take over a session"),
        _("Its host passes it on to you, if you say yes. Until then nothing changes."),
        url=locked.get_absolute_url(),
        mail=False,
        about=locked,
    )
    _tell_room(locked)


@transaction.atomic
def answer(session: JamSession, person: User, *, yes: bool) -> None:
    """Take over a session that one was asked to, or don't. Raises Refused."""
    band = _band_of(session, person)
    locked = JamSession.objects.select_for_update().filter(pk=session.pk).first()
    asked = locked is not None and locked.is_open and locked.offered_to_id == person.pk
    if locked is None or not asked or not meets_host(locked, person.pk):
        raise Refused(_("You aren't asked to take this session over any more."))
    _seat(locked, person)
    if yes:
        _hand_over(locked, person, band)
    else:
        JamSession.objects.filter(pk=locked.pk).update(offered_to=None)
    _tell_room(locked)


def _band_of(session: JamSession, heir: User) -> int | None:
    """Return the session's band if the heir is in it, held. Bands are locked before sessions."""
    band = session.band
    return band.pk if band is not None and hold_seat(band, heir) else None


def _hand_over(session: JamSession, heir: User, band: int | None) -> None:
    """Make somebody with a seat the host; the host until now stays as a co-host.

    An audience that means other people for another host goes back to those who take part. The
    session is a band's as long as its host is in the band.
    """
    audience = session.audience
    in_band = session.band_id is not None and session.band_id == band
    if audience in OF_THE_HOST or (audience in OF_BANDS and not in_band):
        audience = Audience.PARTICIPANTS
    seats = Participant.objects.filter(session=session)
    seats.filter(user=session.host_id).update(role=Role.CO_HOST, role_since=timezone.now())
    seats.filter(user=heir).update(role=Role.PLAYER, role_since=None)
    JamSession.objects.filter(pk=session.pk).update(
        host=heir,
        offered_to=None,
        audience=children.fitting(heir, audience),
        band_id=band if in_band else None,
    )
    rsvps.passed_on(session, session.host_id, heir)
    transaction.on_commit(lambda: tell(f"jam.{session.pk}", type="gate.check"))


def heirs(user: User) -> dict[int, User]:
    """Return who hosts somebody's open sessions after them, by session: the co-host since longest.

    Sessions without a co-host who is there aren't in it.
    """
    rows = Participant.objects.filter(
        User.present("user__"),
        session__host=user,
        session__closed_at=None,
        role=Role.CO_HOST,
    ).exclude(user=user)
    known = who_may_meet(Viewer(user.pk), rows.values_list("user_id", flat=True))
    ordered = rows.filter(user__in=known).select_related("user").order_by("-role_since", "-pk")
    return {row.session_id: row.user for row in ordered}  # the last of each counts


@transaction.atomic
def leave_to_heirs(user: User) -> None:
    """Hand the open sessions of somebody whose account goes to their co-hosts: rooms go on.

    The title and the words were the leaver's: they go. Who may find it, the new host decides.
    """
    for key, heir in heirs(user).items():
        band = _band_of(JamSession.objects.select_related("band").get(pk=key), heir)
        session = JamSession.objects.select_for_update().get(pk=key)
        _hand_over(session, heir, band)
        JamSession.objects.filter(pk=key).update(
            title="", about="", welcome="", weekly=False, audience=Audience.PARTICIPANTS
        )
        Participant.objects.filter(session=key, user=user).update(role=Role.PLAYER)
        _tell_room(session)
