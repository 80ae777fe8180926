"""What somebody could do in a session ends with what let them: a block, a removal, a role."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from foundation import limits
from privacy.models import Notice
from sessions_app import room_queries
from sessions_app.models import Invite, JamSession, Rsvp
from sessions_app.services import hosting, passing, planning, rsvps, sessions, timing
from sessions_app.services.recording import Refused
from tests.cast import Cast
from tests.planned import answers, planned, seated

RIGHTS = {"chat": True, "record": True, "tempo": True, "invite": True}


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    """The owner's, with the participant as co-host and two players."""
    session = cast.sessions["public"]
    for role in ("former", "stranger"):
        sessions.join(session, cast[role])
    passing.set_role(session, cast["owner"], cast["participant"], co_host=True)
    return session


def opened(jam: JamSession) -> JamSession:
    planning.open_doors(jam)
    return JamSession.objects.get(pk=jam.pk)


def links_of(jam: JamSession, role: Any) -> int:
    return Invite.objects.filter(session=jam, made_by=role, revoked_at=None).count()


@pytest.mark.clause("blocks")
def test_a_block_ends_what_a_co_host_may(cast: Cast, jam: JamSession) -> None:
    assert room_queries.is_host(jam, cast["participant"].pk)
    ties.block(cast["owner"], cast["participant"])
    assert not room_queries.is_host(jam, cast["participant"].pk)
    client = cast.client("participant")
    door = reverse("jam_door", args=[jam.public_id])
    assert client.post(door, {"action": "lock"}).status_code == 404
    about = reverse("jam_person", args=[jam.public_id])
    sent = {"action": "remove", "person": cast["stranger"].public_id}
    assert client.post(about, sent).status_code == 404
    assert client.post(reverse("make_invite", args=[jam.public_id])).status_code == 404
    with pytest.raises(Refused):
        hosting.remove(jam, cast["participant"], cast["stranger"])
    assert passing.heirs(cast["owner"]) == {}
    assert jam.participants.filter(user=cast["stranger"]).exists()


@pytest.mark.clause("blocks")
def test_a_block_or_a_removal_ends_an_offer(cast: Cast, jam: JamSession) -> None:
    passing.offer(jam, cast["owner"], cast["participant"])
    ties.block(cast["owner"], cast["participant"])
    with pytest.raises(Refused, match="any more"):
        passing.answer(jam, cast["participant"], yes=True)
    passing.offer(jam, cast["owner"], cast["stranger"])
    hosting.remove(jam, cast["owner"], cast["stranger"])
    hosting.let_in_again(jam, cast["owner"], cast["stranger"])
    sessions.join(jam, cast["stranger"])
    with pytest.raises(Refused, match="any more"):
        passing.answer(jam, cast["stranger"], yes=True)
    assert JamSession.objects.get(pk=jam.pk).host == cast["owner"]


@pytest.mark.parametrize("how", ["dismissed", "without the right", "removed"])
def test_links_end_with_the_right_to_make_them(cast: Cast, jam: JamSession, how: str) -> None:
    owner, helper = cast["owner"], cast["participant"]
    sessions.invite(jam, helper)
    assert links_of(jam, helper) == 1
    if how == "dismissed":
        passing.set_role(jam, owner, helper, co_host=False)
    elif how == "removed":
        hosting.remove(jam, owner, helper)
    else:
        passing.set_rights(jam, owner, helper, **{**RIGHTS, "invite": False})
    assert links_of(jam, helper) == 0


def test_only_a_hosts_link_gives_a_seat_past_the_host(cast: Cast) -> None:
    jam = planned(cast["owner"], approval=True)
    link = sessions.invite(jam, cast["former"])
    assert rsvps.answer(jam, cast["stranger"], "going", invite=link).state == "pending"
    link = sessions.invite(jam, cast["owner"])
    assert rsvps.answer(jam, cast["stranger"], "going", invite=link).state == "going"


def test_who_was_removed_has_no_rights(cast: Cast, jam: JamSession) -> None:
    assert room_queries.may(jam, cast["stranger"].pk, "chat")
    hosting.remove(jam, cast["owner"], cast["stranger"])
    assert [room_queries.may(jam, cast["stranger"].pk, right) for right in RIGHTS] == [False] * 4


def test_a_planned_session_asks_first_where_its_host_says_so(cast: Cast) -> None:
    jam = opened(planned(cast["owner"]))
    hosting.ask_first(jam, cast["owner"], asks=True)
    assert rsvps.answer(jam, cast["stranger"], "going").state == "pending"


def test_nobody_moves_up_behind_a_locked_door(cast: Cast) -> None:
    jam = opened(planned(cast["owner"], seats=["drums"]))
    rsvps.answer(jam, cast["former"], "going", instrument="drums")
    rsvps.answer(jam, cast["stranger"], "going", instrument="drums")
    hosting.lock(jam, cast["owner"], locked=True)
    rsvps.answer(jam, cast["former"], "cant")
    assert answers(jam) == {"former": "cant", "stranger": "waiting"}
    hosting.lock(jam, cast["owner"], locked=False)
    assert answers(jam) == {"former": "cant", "stranger": "going"}


def test_rights_that_were_taken_do_not_come_back_with_another_answer(cast: Cast) -> None:
    jam = opened(planned(cast["owner"]))
    rsvps.answer(jam, cast["stranger"], "going")
    passing.set_rights(jam, cast["owner"], cast["stranger"], **{**RIGHTS, "chat": False})
    with pytest.raises(sessions.NoSeat, match="took rights from you"):
        rsvps.answer(jam, cast["stranger"], "cant")
    assert not room_queries.may(jam, cast["stranger"].pk, "chat")


@pytest.mark.parametrize("count", ["001999999999", "0", "8", "10", "-1", "1.5", "9" * 5000])
def test_a_number_of_seats_is_one_digit(cast: Cast, count: str) -> None:
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    page = cast.client("owner").post(
        reverse("create_jam"),
        {"title": "mark-plan", "audience": "members", "when": "later", "date": day,
         "time": "20:00", "zone": "Europe/Berlin", "minutes": "60",
         "seats-0-instrument": "drums", "seats-0-count": count},
    )  # fmt: skip
    assert page.status_code == 422
    assert not JamSession.objects.filter(title="mark-plan").exists()


def test_open_doors_make_room_for_no_more_plans(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PLANNED_SESSIONS", 2)
    first, second = (planned(cast["owner"], weekly=True) for _ in range(2))
    planning.open_doors(first)
    assert timing.too_many(cast["owner"])
    JamSession.objects.filter(pk=first.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    third = planned(cast["owner"])
    assert timing.too_many(cast["owner"])
    assert planning.repeat() == 0  # one more would be too many: the series ends
    assert not JamSession.objects.get(pk=first.pk).weekly
    assert {second.weekly, third.weekly} == {True, False}


def test_a_session_that_was_opened_early_is_called_off_and_told(cast: Cast) -> None:
    jam = opened(planned(cast["owner"]))
    rsvps.answer(jam, cast["stranger"], "going")
    page = cast.client("owner").post(reverse("close_jam", args=[jam.public_id]), follow=True)
    assert "The session is called off. Who answered is told." in page.content.decode()
    told = Notice.objects.filter(user=cast["stranger"]).order_by("pk").last()
    assert told is not None and told.title == "A session that you answered is called off"
    assert JamSession.objects.get(pk=jam.pk).cancelled_at is not None


def test_who_is_declined_is_told_also_where_they_see_the_page_no_more(cast: Cast) -> None:
    jam = planned(cast["owner"], audience="participants", approval=True)
    link = sessions.invite(jam, cast["owner"])
    row = rsvps.answer(jam, cast["stranger"], "going", invite=link)
    rsvps.refuse(row)
    told = Notice.objects.filter(user=cast["stranger"]).order_by("pk").last()
    assert told is not None
    assert (told.title, told.url) == ("There is no seat for you in a session you asked for", "")


def test_a_hosts_decisions_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEAT_DECISIONS", limits.Limit("decision-test", 2, 60))
    jam = planned(cast["owner"], approval=True)
    row = rsvps.answer(jam, cast["stranger"], "going")
    rsvps.accept(row)
    rsvps.refuse(row)
    with pytest.raises(limits.TooMany):
        rsvps.accept(row)


def test_passing_on_a_planned_session_changes_the_answers_as_well(cast: Cast) -> None:
    jam = opened(planned(cast["owner"]))
    rsvps.answer(jam, cast["stranger"], "going")
    passing.offer(jam, cast["owner"], cast["stranger"])
    passing.answer(jam, cast["stranger"], yes=True)
    assert answers(jam) == {cast["owner"].username: "going"}
    assert seated(jam) == sorted([cast["owner"].username, cast["stranger"].username])
    assert not Rsvp.objects.filter(session=jam, user=cast["stranger"]).exists()


def test_a_leavers_welcome_goes_with_their_other_words(cast: Cast) -> None:
    jam = opened(planned(cast["owner"], welcome="mark-welcome", weekly=True))
    rsvps.answer(jam, cast["stranger"], "going")
    passing.set_role(jam, cast["owner"], cast["stranger"], co_host=True)
    passing.leave_to_heirs(cast["owner"])
    left = JamSession.objects.get(pk=jam.pk)
    assert (left.host, left.title, left.about, left.welcome, left.weekly) == (
        cast["stranger"], "", "", "", False,
    )  # fmt: skip
