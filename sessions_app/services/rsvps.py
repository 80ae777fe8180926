"""Answers to planned sessions: who comes, who waits, who is asked for.

Every writer locks the session's row first, so that seats are counted by one at a time. A seat in
the room (`Participant`) is there as long as somebody's answer is "going" and the host let them.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.connections.models import Block
from accounts.models import User
from accounts.profile.vocabulary import INSTRUMENTS
from foundation import limits
from foundation.live import cut
from privacy.gate.access import can_see
from privacy.gate.viewer import Via, Viewer
from sessions_app import queries
from sessions_app.models import Credit, Invite, JamSession, Participant, Removal, Rsvp
from sessions_app.models.planning import HOLDS, not_over
from sessions_app.room_queries import RIGHTS, is_host
from sessions_app.services import session_notices, sfu
from sessions_app.services.session_notices import tell_about, tell_host
from sessions_app.services.sessions import NoSeat, apart_in_words, check_door, would_fit

S = Rsvp.State
SAYS = {"going": S.GOING, "maybe": S.MAYBE, "cant": S.CANT}
BATCH = 200
BEFORE = timedelta(hours=1)


class WrongSeat(NoSeat):
    """There is no such seat in this session."""


@transaction.atomic
def answer(
    session: JamSession,
    user: User,
    says: str,
    *,
    instrument: str = "",
    invite: Invite | None = None,
) -> Rsvp:
    """Answer to a planned session: `going` (for an instrument's seat), `maybe` or `cant`.

    Idempotent. Who goes gets a seat, or asks the host for one where they decide, or waits where
    all are taken; what became of it is the state. Raises NoSeat, and TooMany.
    """
    limits.RSVPS.spend(user.pk)
    locked = _lock(session.pk)
    if locked is None or locked.starts_at is None:
        raise NoSeat(_("This session is over, or was called off. Your answer wasn't kept."))
    if locked.host_id == user.pk:
        raise NoSeat(_("You host this session: your seat is yours."))
    before = Rsvp.objects.filter(session=locked, user=user).first()
    if SAYS[says] is not S.GOING:
        return _say(locked, user, before, SAYS[says])
    _check_seat(locked, user, instrument)
    held = before is not None and before.state in HOLDS and before.instrument == instrument
    lets_in = invite is not None and before is not None and before.state == S.PENDING
    if before is not None and held and not lets_in:
        return before
    if before is not None and before.state == S.GOING:
        return _change_seat(locked, before, instrument)
    return _ask(locked, user, before, instrument, invite)


def _ask(
    session: JamSession, user: User, before: Rsvp | None, instrument: str, invite: Invite | None
) -> Rsvp:
    """Give somebody a seat, or a place in the line for one; tell the host."""
    if before is not None and before.state == S.REFUSED:  # a link that many hold undoes no no
        raise NoSeat(_("The host declined. Only they can give you a seat now."))
    check_door(session, user)
    if _in_line(session) >= limits.WAITING_LIST:
        raise NoSeat(_("The waiting list of this session is full."))
    by_host = invite is not None and is_host(session, invite.made_by_id)
    invited = by_host or bool(before and before.invited)
    asks = (session.approval or session.asks_first) and not invited
    state = _state_for(session, instrument, asks=asks)
    made = _write(session, user, state, instrument=instrument, invited=invited)
    if invite is not None:
        Invite.objects.filter(pk=invite.pk).update(used=F("used") + 1)
    tell_host(session, state)
    return made


def _lock(key: int) -> JamSession | None:
    rows = JamSession.objects.select_for_update(of=("self",)).select_related("host")
    return rows.filter(not_over(), pk=key, cancelled_at=None).first()


def _check_seat(session: JamSession, user: User, instrument: str) -> None:
    if session.seats and instrument not in session.seats:
        raise WrongSeat(_("Choose one of the seats of this session."))
    if instrument and instrument not in INSTRUMENTS:
        raise WrongSeat(_("There is no instrument of this name here."))
    if not would_fit(session, user):
        raise apart_in_words(user)


def _state_for(session: JamSession, instrument: str, *, asks: bool) -> S:
    if asks:
        return S.PENDING
    return S.GOING if has_room(session, instrument) else S.WAITING


def has_room(session: JamSession, instrument: str) -> bool:
    """Return whether a seat is free; the session's row is locked by who acts on it.

    Seats by instrument are counted each, and all of them against the places in the room. Who
    waits for a seat has it before who comes later: nobody passes by the line.
    """
    going = Rsvp.objects.filter(session=session, state=S.GOING)
    taken = Counter(going.values_list("instrument", flat=True))
    if session.participants.count() >= session.room_places:
        return False
    if not session.seats:
        return taken.total() < session.room_places - 1
    return taken[instrument] < session.seats.count(instrument)


def _in_line(session: JamSession) -> int:
    return Rsvp.objects.filter(session=session, state__in=[S.WAITING, S.PENDING]).count()


def _say(session: JamSession, user: User, before: Rsvp | None, state: S) -> Rsvp:
    """Keep a maybe or a no; what was held goes to who waits."""
    if before is not None and before.state == state:
        return before
    if before is not None and before.state == S.REFUSED:
        return before  # nothing to take back: the host's no stays what they see
    held = before is not None and before.state == S.GOING
    if held and session.is_open and _lacks_rights(session, user):
        raise NoSeat(_("A host took rights from you here. Ask them before you give up your seat."))
    if held and not _gives_up(session, user):
        raise NoSeat(_("You have played in this session already: your seat is yours."))
    made = _write(session, user, state, instrument="")
    if before is not None and before.state in HOLDS:
        tell_host(session, state)
    if held:
        move_up(session)
    return made


def _lacks_rights(session: JamSession, user: User) -> bool:
    """Whether a host took something from somebody, which a seat taken anew would give back."""
    seats = Participant.objects.filter(session=session, user=user)
    return seats.exclude(**{f"may_{right}": True for right in RIGHTS}).exists()


def _gives_up(session: JamSession, user: User) -> bool:
    """Take somebody's seat in the room away, unless they have been recorded there already."""
    played = Credit.objects.filter(recording__session=session, player=user)
    if played.exists():
        return False
    Participant.objects.filter(session=session, user=user).delete()
    sfu.put_out([session.pk], user.pk)
    JamSession.objects.filter(pk=session.pk, offered_to=user).update(offered_to=None)
    transaction.on_commit(lambda: cut(f"jam.{session.pk}"))
    return True


def _change_seat(session: JamSession, rsvp: Rsvp, instrument: str) -> Rsvp:
    """Change to another free seat, and keep the one there is where that one isn't free."""
    if not session.seats:
        Rsvp.objects.filter(pk=rsvp.pk).update(instrument=instrument)
    else:
        going = Rsvp.objects.filter(session=session, state=S.GOING, instrument=instrument)
        if going.count() >= session.seats.count(instrument):
            raise NoSeat(_("That seat is taken. You keep the one you have."))
        Rsvp.objects.filter(pk=rsvp.pk).update(instrument=instrument)
        move_up(session)
    rsvp.instrument = instrument
    return rsvp


def _write(session: JamSession, user: User, state: S, **values: Any) -> Rsvp:
    defaults = {**values, "state": state, "asked_at": timezone.now(), "reminded_at": None}
    made, _new = Rsvp.objects.update_or_create(session=session, user=user, defaults=defaults)
    if state == S.GOING:
        _seat(session, user)
    return made


def _seat(session: JamSession, user: User) -> None:
    """Give somebody a seat who isn't in the room yet. Idempotent."""
    Participant.objects.get_or_create(session=session, user=user, defaults={"came_at": None})


# The host decides -------------------------------------------------------------------------


@transaction.atomic
def accept(rsvp: Rsvp) -> Rsvp:
    """Let in who asked, or was declined before; they wait where all seats are taken. Idempotent.

    Raises NoSeat when the session is over, or they can't come any more.
    """
    session = _lock(rsvp.session_id)
    if session is None:
        raise NoSeat(_("This session is over. Nothing was changed."))
    row = Rsvp.objects.select_related("user").get(pk=rsvp.pk)
    if row.state not in {S.PENDING, S.REFUSED}:
        return row
    limits.SEAT_DECISIONS.spend(session.host_id or 0)
    if not _may_still_come(session, row):
        raise NoSeat(_("They can't come to this session any more."))
    if row.state == S.REFUSED:  # whoever waits was there before
        row.asked_at = timezone.now()
    row.state = S.GOING if has_room(session, row.instrument) else S.WAITING
    row.invited = True
    row.save(update_fields=["state", "invited", "asked_at"])
    if row.state == S.GOING:
        _seat(session, row.user)
        tell_about(session, row.user, _("You have a seat in a session you asked for"))
    else:
        tell_about(session, row.user, _("You are on the waiting list of a session you asked for"))
    return row


@transaction.atomic
def refuse(rsvp: Rsvp) -> Rsvp:
    """Decline who asked, waits or has a seat; a seat goes to who waits. Idempotent.

    Raises NoSeat when the session is over, or they have been recorded in it.
    """
    session = _lock(rsvp.session_id)
    if session is None:
        raise NoSeat(_("This session is over. Nothing was changed."))
    row = Rsvp.objects.select_related("user").get(pk=rsvp.pk)
    if row.state not in HOLDS:
        return row
    limits.SEAT_DECISIONS.spend(session.host_id or 0)
    held = row.state == S.GOING
    if held and not _gives_up(session, row.user):
        raise NoSeat(_("They have played in this session already: their seat is theirs."))
    row.state = S.REFUSED
    row.save(update_fields=["state"])
    tell_about(session, row.user, _("There is no seat for you in a session you asked for"))
    if held:
        move_up(session)
    return row


# The waiting list -------------------------------------------------------------------------


def move_up(session: JamSession) -> int:
    """Give free seats to who waits for them, in order of arrival; return how many.

    The session's row is locked. Who may not come any more is passed by; while the door is locked
    nobody moves.
    """
    if session.is_locked:
        return 0
    moved = 0
    waiting = Rsvp.objects.filter(session=session, state=S.WAITING).select_related("user")
    for row in waiting.order_by("asked_at", "pk"):
        if not has_room(session, row.instrument) or not _may_still_come(session, row):
            continue
        Rsvp.objects.filter(pk=row.pk).update(state=S.GOING)
        _seat(session, row.user)
        tell_about(session, row.user, _("A seat is yours now in a session you waited for"))
        moved += 1
    return moved


def _may_still_come(session: JamSession, row: Rsvp) -> bool:
    """Whether the gate shows somebody the session, and nothing stands between them and the host."""
    if not row.user.is_present or not would_fit(session, row.user):
        return False
    if Removal.objects.filter(session=session, user=row.user).exists():
        return False
    if session.host_id not in queries.who_may_meet(Viewer(row.user_id), [session.host_id or 0]):
        return False
    return row.invited or can_see(Viewer.of(row.user, Via.JOB), session)


def removed(session: JamSession, user: User) -> None:
    """Note that a host took somebody's seat away; it goes to who waits. The row is locked."""
    held = Rsvp.objects.filter(session=session, user=user, state__in=HOLDS)
    if held.update(state=S.REFUSED):
        move_up(session)


def passed_on(session: JamSession, before: int | None, host: User) -> None:
    """Take the answer of who hosts now away, and give the host until now one. The row is locked."""
    Rsvp.objects.filter(session=session, user=host).delete()
    if session.starts_at is not None and before is not None:
        seat = {"state": S.GOING, "instrument": "", "invited": True, "asked_at": timezone.now()}
        Rsvp.objects.update_or_create(session=session, user_id=before, defaults=seat)


@transaction.atomic
def withdraw_all(user: User) -> None:
    """Take somebody's answers to all coming sessions back: they leave, or their account stops."""
    sessions = JamSession.objects.filter(not_over(), starts_at__isnull=False)
    rows = Rsvp.objects.filter(user=user, session__in=sessions.values("pk"), state__in=HOLDS)
    _release(rows.order_by("session_id").values_list("pk", flat=True))  # locked in one order


def take_back(user: User, rsvp: Rsvp) -> None:
    """Delete one's own answer; a seat that it held goes to who waits."""
    with transaction.atomic():
        _release_one(rsvp.pk)
        Rsvp.objects.filter(pk=rsvp.pk, user=user).delete()


def release_blocked() -> int:
    """Free the seats between whom and their host a block has come since; return how many."""
    ahead = Rsvp.objects.filter(
        state__in=HOLDS, session__closed_at__isnull=True, session__starts_at__gt=timezone.now()
    )
    host, guest = OuterRef("session__host"), OuterRef("user")
    apart = Exists(Block.objects.filter(blocker=host, blocked=guest)) | Exists(
        Block.objects.filter(blocker=guest, blocked=host)
    )
    return _release(ahead.filter(Q(apart)).values_list("pk", flat=True)[:BATCH])


def _release(keys: Iterable[int]) -> int:
    return sum(_release_one(key) for key in list(keys))


@transaction.atomic
def _release_one(key: int) -> bool:
    row = Rsvp.objects.select_related("user").filter(pk=key, state__in=HOLDS).first()
    session = _lock(row.session_id) if row is not None else None
    if row is None or session is None:
        return False
    held = row.state == S.GOING
    if held and not _gives_up(session, row.user):
        return False
    Rsvp.objects.filter(pk=row.pk).update(state=S.CANT)
    if held:
        move_up(session)
    return True


# Reminders --------------------------------------------------------------------------------


def remind() -> int:
    """Remind those who go to a session within the hour, each once; return how many.

    The mark and the notice are one transaction: a killed worker reminds nobody twice. Who answered
    within that hour knows it.
    """
    due = _to_be_reminded().values_list("pk", flat=True)
    return sum(_remind(key) for key in list(due[:BATCH]))


def _to_be_reminded() -> QuerySet[Rsvp]:
    now = timezone.now()
    rows = Rsvp.objects.filter(User.present("user__"), state=S.GOING, reminded_at__isnull=True)
    return rows.filter(
        session__closed_at__isnull=True,
        session__starts_at__gt=now,
        session__starts_at__lte=now + BEFORE,
        asked_at__lt=F("session__starts_at") - BEFORE,
    ).order_by("session__starts_at", "pk")


@transaction.atomic
def _remind(key: int) -> bool:
    rows = _to_be_reminded().select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("session", "user").filter(pk=key).first()
    if row is None:
        return False
    Rsvp.objects.filter(pk=key).update(reminded_at=timezone.now())
    session_notices.remind(row)
    return True
