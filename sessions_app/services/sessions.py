"""Writers of sessions: open, invite, join, close."""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.connections.queries import hears_of, may_meet
from accounts.identity.queries import shown_people
from accounts.models import User
from bands.models import Band
from bands.services.members import hold_seat
from foundation import limits
from foundation.live import cut
from privacy import notices
from privacy.gate.audiences import OF_BANDS, Audience
from privacy.gate.viewer import Viewer
from schools.services import children
from sessions_app.models import Invite, JamSession, Participant, Removal
from sessions_app.models.planning import not_over
from sessions_app.room_queries import is_host
from sessions_app.services import rooms, timing

INVITE_LIFETIME = timedelta(days=7)
_signer = signing.Signer(salt="sessions.invite")


def _hear_of_opening(session: JamSession) -> QuerySet[User]:
    """Return who is told that a session was opened; nobody once it has closed."""
    return hears_of(session.host_id if session.is_open else None)


notices.kind(
    "jams",
    choosable=True,
    mail=False,
    title=_lazy("Jams of people you follow"),
    text=_lazy("Somebody you follow opens a jam that you may see."),
    to=_hear_of_opening,
    told=(
        _lazy("Somebody you follow opened a jam"),
        _lazy("It is open now; its page tells you more."),
    ),
)


class NotInBand(Exception):
    """The session was to be a band's that its host isn't in."""


class NoSeat(Exception):
    """Why somebody can't take a seat; the sentence is for them."""


class Full(NoSeat):
    """Every seat is taken."""


class Closed(NoSeat):
    """The session is over."""


class Locked(NoSeat):
    """A host locked the session."""


class AsksFirst(NoSeat):
    """A host lets people in one by one: `waiting.knock` asks them."""


class Removed(NoSeat):
    """A host removed them from this session."""


class Apart(NoSeat):
    """A child plays with its own circle alone, and nobody else with a child."""


def apart_in_words(user: User) -> Apart:
    """Return why somebody can't play with who is there."""
    return Apart(
        _("You play with your own class here. Somebody in this session is not of it.")
        if user.is_child
        else _("This session is a class's: only its children and their teachers play in it.")
    )


def open_by_hand(host: User, **values: Any) -> JamSession:
    """Open a session for a person who asks for one, on the page or in the API.

    Raises TooMany, and what `open_session` raises.
    """
    limits.SESSIONS.spend(host.pk)
    return open_session(host, **values)


@transaction.atomic
def open_session(
    host: User, *, title: str, about: str, audience: str, band: Band | None = None, **plan: Any
) -> JamSession:
    """Open a session, with its host as the first to take part: now, or at `starts_at` of its plan.

    `plan`: columns of `models.planning.Plan`; `starts_at` takes `zone` along. Raises NotInBand for
    a band that the host isn't in, and for a band's audience without a band; TooManyPlanned; and
    ValidationError for a plan that can't be.
    """
    if band is not None and not hold_seat(band, host):
        raise NotInBand
    if band is None and audience in OF_BANDS:
        raise NotInBand
    session = JamSession.objects.create(
        host=host,
        band=band,
        title=title.strip(),
        about=about.strip(),
        audience=children.fitting(host, audience),
        **timing.checked(host, plan),
    )
    came = None if session.is_coming else timezone.now()
    Participant.objects.create(session=session, user=host, came_at=came)
    notices.tell_all("session_plans" if session.is_coming else "jams", session)
    return session


def invite(session: JamSession, by: User) -> Invite:
    """Make a link that lets people take part for a week, or until it is revoked."""
    return Invite.objects.create(
        session=session, made_by=by, expires_at=timezone.now() + INVITE_LIFETIME
    )


def token_of(invite: Invite) -> str:
    """Return the secret part of an invitation's link, a signature that is stored nowhere."""
    return _signer.sign(invite.public_id)


def find_invite(token: str, viewer: Viewer) -> Invite | None:
    """Return the invitation a link stands for, or None when it is false, old or revoked.

    Nor does it work for somebody whom a block keeps apart from who made it, or from the host.
    """
    try:
        public_id = _signer.unsign(token)
    except signing.BadSignature:
        return None
    rows = Invite.objects.select_related("session", "session__host", "made_by").filter(
        public_id=public_id,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    )
    open_ones = JamSession.objects.filter(not_over())
    hosted = shown_people(open_ones, viewer, "host").order_by()
    return shown_people(rows, viewer, "made_by").filter(session__in=hosted.values("pk")).first()


def revoke(invite: Invite) -> None:
    Invite.objects.filter(pk=invite.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def revoke_links(by: User, session: JamSession | None = None) -> None:
    """End the links that somebody made, to one session or to all: who may no longer, or goes."""
    rows = Invite.objects.filter(made_by=by, revoked_at__isnull=True)
    if session is not None:
        rows = rows.filter(session=session)
    rows.update(revoked_at=timezone.now())


def would_fit(session: JamSession, user: User) -> bool:
    """Return whether somebody may meet the host and all who have a seat."""
    there = set(session.participants.values_list("user_id", flat=True))
    if session.host_id is not None:
        there.add(session.host_id)
    return may_meet(user, there)


def why_no_seat(session: JamSession, user: Any) -> str:
    """Return what keeps somebody from a new seat for now, as a sentence; empty when nothing does.

    Asked before anything is offered; `join` asks again.
    """
    if not user.is_authenticated or session.participants.filter(user=user).exists():
        return ""
    try:
        if session.starts_at is None:
            check_seat(session, user)
        else:
            check_door(session, user)
    except NoSeat as why:
        return str(why)
    return ""


def check_door(session: JamSession, user: User) -> None:
    """Raise NoSeat when somebody was removed, or nobody new comes in; a planned session's, too."""
    if Removal.objects.filter(session=session, user=user).exists():
        raise Removed(_("The host removed you from this session."))
    if session.is_locked:
        raise Locked(_("This session is locked: nobody takes a new seat until a host unlocks it."))


def check_seat(session: JamSession, user: User) -> None:
    """Raise NoSeat when somebody can't take a seat now, whoever lets them in."""
    if not session.is_open:
        raise Closed(_("This session is closed."))
    if session.starts_at is not None:
        raise NoSeat(_("Seats of this session are given on its page: answer there."))
    check_door(session, user)
    if session.participants.count() >= session.room_places:
        raise Full(_("Every seat of this session is taken."))
    if not would_fit(session, user):
        raise apart_in_words(user)


@transaction.atomic
def join(
    session: JamSession, user: User, *, invite: Invite | None = None, admitted: bool = False
) -> Participant:
    """Take a seat. Idempotent; raises NoSeat when there is none.

    `admitted`: a host says so. An invitation that a host made says it too. The seats of a planned
    session go to who answers to it (`services.rsvps`).
    """
    locked = JamSession.objects.select_for_update().get(pk=session.pk)
    existing = Participant.objects.filter(session=locked, user=user).first()
    if existing is not None:
        return existing
    check_seat(locked, user)
    invited = invite is not None and is_host(locked, invite.made_by_id)
    if locked.asks_first and not (invited or admitted):
        raise AsksFirst(_("A host lets people in one by one: ask to come in."))
    if invite is not None:
        Invite.objects.filter(pk=invite.pk).update(used=F("used") + 1)
    return Participant.objects.create(session=locked, user=user)


@transaction.atomic
def change_audience(session: JamSession, audience: str) -> None:
    """Change who may find the session; open sockets ask the gate again at once."""
    audience = children.fitting(session.host, audience)
    JamSession.objects.filter(pk=session.pk).update(audience=audience)
    session.audience = audience
    transaction.on_commit(lambda: cut(f"jam.{session.pk}"))


@transaction.atomic
def take_off_band(session: JamSession) -> None:
    """Let a session be nobody's but its host's; what was for the band is for who took part."""
    kept = JamSession.objects.filter(pk=session.pk)
    kept.filter(audience__in=OF_BANDS).update(audience=Audience.PARTICIPANTS)
    kept.update(band=None, is_standing=False)
    transaction.on_commit(lambda: cut(f"jam.{session.pk}"))


def close(session: JamSession) -> None:
    """End the session for everybody, and the take in it."""
    rooms.close([session.pk])


def come_in(session: JamSession, user: User) -> None:
    """Note when somebody who has a seat first entered the room: what is said from then on, and
    no word before it, is for them.
    """
    seats = Participant.objects.filter(session=session, user=user, came_at__isnull=True)
    seats.update(came_at=timezone.now())


def forget_invite(user: User, invite: Invite) -> None:
    """Delete an invitation that one made; its link ends with it."""
    Invite.objects.filter(pk=invite.pk, made_by=user).delete()
