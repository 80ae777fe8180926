"""Rows as old as a test needs them, of every kind whose period somebody declared."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from accounts.models import Findable, FormerName, Profile, User
from bands.models import Band, BandInvite
from bands.services import bands, members
from privacy.models import DeletionOrder, Erasure, LeaveLink, LegalHold, Request
from privacy.subject_requests import fulfilment, intake
from sessions_app.models import ChatLine, Invite, Knock, Latency, SfuRoom, SfuStay, Sheet, SheetLine
from sessions_app.services import chat, sessions
from tests.cast import Cast, person


def _there(row: Model) -> Callable[[], bool]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).exists()


def leave_link(cast: Cast, since: datetime) -> Callable[[], bool]:
    return _there(LeaveLink.objects.create(user=cast["owner"], expires_at=since))


def legal_hold(cast: Cast, since: datetime) -> Callable[[], bool]:
    begins = since - timedelta(days=1)
    return _there(LegalHold.objects.create(user=cast["owner"], fields=[], reason="-", basis="-",
                                          begins_at=begins, ends_at=since))  # fmt: skip


def deletion_order(cast: Cast, since: datetime) -> Callable[[], bool]:
    """An order whose erasure is younger; one that nobody confirmed would stay."""
    about: dict[str, Any] = {"erasure": Erasure.objects.create(stage="erased"), "deadline": since}
    DeletionOrder.objects.create(provider="mail", **about)
    return _there(
        DeletionOrder.objects.create(
            provider="relay", state="confirmed", confirmed_at=since, status="done", **about
        )
    )


def open_to_jam(cast: Cast, since: datetime) -> Callable[[], bool]:
    profiles = Profile.objects.filter(available_until=None).order_by("pk")
    key = profiles.values_list("pk", flat=True)[0]
    Profile.objects.filter(pk=key).update(available_until=since)
    return lambda: Profile.objects.get(pk=key).available_until is not None


def found_open(cast: Cast, since: datetime) -> Callable[[], bool]:
    """The same, in the list of musicians."""
    person = next(one for one in cast.people.values() if not hasattr(one, "findable"))
    row = Findable.objects.create(user=person, week=1, open_until=since)
    return lambda: Findable.objects.get(pk=row.pk).open_until is not None


def former_name(cast: Cast, since: datetime) -> Callable[[], bool]:
    many = FormerName.objects.count()
    return _there(FormerName.objects.create(user=cast["owner"], name=f"n{many}", made_at=since))


def band_invite(cast: Cast, since: datetime) -> Callable[[], bool]:
    """An invitation that was declined, so that one no is enough for a while."""
    number = Band.objects.count()
    band = bands.found(cast["owner"], name="x", slug=f"band-{number}", audience="band")
    row = members.invite(band, cast["owner"], cast["participant"])
    members.decline(row, cast["participant"])
    BandInvite.objects.filter(pk=row.pk).update(expires_at=since)
    return _there(row)


def invite(cast: Cast, since: datetime) -> Callable[[], bool]:
    row = sessions.invite(cast.sessions["participants"], cast["owner"])
    Invite.objects.filter(pk=row.pk).update(expires_at=since)
    return _there(row)


def knock(cast: Cast, since: datetime) -> Callable[[], bool]:
    """Somebody waits at a door, and their page gave no sign of life since."""
    session = sessions.open_session(cast["owner"], title="", about="", audience="members")
    return _there(Knock.objects.create(session=session, user=cast["stranger"], seen_at=since))


def chat_line(cast: Cast, since: datetime) -> Callable[[], bool]:
    """What was said in a session that closed then; one that is open keeps its words."""
    session = sessions.open_session(cast["owner"], title="", about="", audience="members")
    line, _new = chat.say(session, cast["owner"], text="hello", ref=str(uuid.uuid4()))
    ChatLine.objects.filter(pk=line.pk).update(created_at=since - timedelta(days=1))
    open_still = _there(line)
    assert open_still()
    type(session).objects.filter(pk=session.pk).update(closed_at=since)
    return open_still


def song(cast: Cast, since: datetime) -> Callable[[], bool]:
    """A song on the set list of a session that closed then."""
    return _there(_sheet(cast, since))


def sheet_line(cast: Cast, since: datetime) -> Callable[[], bool]:
    """A line on a sheet of such a session, younger than the sheet."""
    sheet = _sheet(cast, since)
    about = {"sheet": sheet, "session": sheet.session, "author": cast["owner"], "place": 1}
    return _there(SheetLine.objects.create(ref=uuid.uuid4(), **about))


def _sheet(cast: Cast, since: datetime) -> Sheet:
    session = sessions.open_session(cast["owner"], title="", about="", audience="members")
    made = Sheet.objects.create(session=session, added_by=cast["owner"], ref=uuid.uuid4())
    type(session).objects.filter(pk=session.pk).update(closed_at=since)
    return made


def time_played(cast: Cast, since: datetime) -> Callable[[], bool]:
    """How long somebody was in a session that closed then."""
    session = sessions.open_session(cast["owner"], title="", about="", audience="members")
    seats = session.participants.filter(user=cast["owner"])
    seats.update(inside_seconds=600)
    type(session).objects.filter(pk=session.pk).update(closed_at=since)
    return lambda: seats.filter(inside_seconds=600).exists()


def latency(cast: Cast, since: datetime) -> Callable[[], bool]:
    """What was measured between two people."""
    one, other = person(f"one{Latency.objects.count()}"), cast["owner"]
    return _there(Latency.objects.create(measured_by=one, partner=other, grade=1,
                                         measured_at=since))  # fmt: skip


def sfu_stay(cast: Cast, since: datetime) -> Callable[[], bool]:
    """A stay in a larger room that is over."""
    room = SfuRoom.objects.create()
    return _there(SfuStay.objects.create(room=room, user=cast["owner"], ended_at=since))


SESSIONS = {
    "sessions_app.sfustay:ended_at:1": sfu_stay,
    "sessions_app.participant.inside_seconds:session__closed_at": time_played,
    "sessions_app.sheet:session__closed_at:1": song,
    "sessions_app.sheetline:session__closed_at:1": sheet_line,
    "sessions_app.invite:expires_at": invite,
    "sessions_app.knock:seen_at": knock,
    "sessions_app.chatline:session__closed_at:1": chat_line,
    "sessions_app.latency:measured_at": latency,
}
BANDS = {"bands.bandinvite:expires_at:1": band_invite}
LEAVING = {
    "privacy.leavelink:expires_at": leave_link,
    "privacy.legalhold:ends_at": legal_hold,
    "privacy.deletionorder:confirmed_at": deletion_order,
}


def answered_request(cast: Cast, since: datetime) -> Callable[[], bool]:
    made = fulfilment.file_and_serve(cast["owner"], "know")
    Request.objects.filter(pk=made.pk).update(closed_at=since)
    return _there(made)


def unconfirmed_request(cast: Cast, since: datetime) -> Callable[[], bool]:
    made = intake.file("enquiry", channel="web", address="ann@mail.example", text="How?")
    Request.objects.filter(pk=made.pk).update(received_at=since)
    return _there(made)


REQUESTS = {
    "privacy.request:closed_at": answered_request,
    "privacy.request:received_at:1": unconfirmed_request,
}


def teenager(cast: Cast, since: datetime) -> Callable[[], bool]:
    user = person(f"teen{User.objects.count()}", age_group="teen", adult_from=since)
    return lambda: User.objects.filter(pk=user.pk, adult_from=since).exists()


PEOPLE = {
    "accounts.formername:made_at": former_name,
    "accounts.findable.open_until:open_until": found_open,
    "accounts.profile.available_until:available_until": open_to_jam,
    "accounts.user.adult_from:come_of_age": teenager,
}
