"""Answers to planned sessions: seats, the waiting list, approval, and what they never let past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.connections import services as ties
from accounts.models import User
from privacy.gate.access import visible
from privacy.gate.viewer import NOBODY, Viewer
from privacy.models import Notice
from privacy.notices.kinds import kind_of
from sessions_app.models import JamSession, Participant, Rsvp
from sessions_app.services import deleting, planning, rsvps, sessions
from sessions_app.tasks import sweep
from tests.cast import Cast, person, recorded
from tests.planned import answers, begins, planned, seated


def people(*names: str) -> list[User]:
    return [person(name) for name in names]


def told(user: User) -> list[str]:
    rows = Notice.objects.filter(user=user).order_by("pk")
    return list(rows.values_list("title", flat=True))


def say(cast: Cast, role: str, jam: JamSession, says: str = "going", **more: str) -> str:
    answer = cast.client(role).post(
        f"{jam.get_absolute_url()}answer/", {"says": says, **more}, follow=True
    )
    return str(answer.content.decode())


def test_who_comes_has_a_seat_and_the_host_hears_of_it(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums", "bass-guitar"])
    page = say(cast, "stranger", jam, instrument="drums")
    assert "A seat is yours. See you there." in page
    assert "0 of 1 free" not in page and "taken" in page
    assert answers(jam) == {"stranger": "going"}
    assert seated(jam) == ["owner", "stranger"]
    assert told(cast["owner"]) == ["Somebody comes to your session"]
    say(cast, "stranger", jam, instrument="drums")  # twice is once
    assert told(cast["owner"]) == ["Somebody comes to your session"]
    assert "Choose one of the seats of this session." in say(cast, "former", jam, instrument="harp")
    assert "Say whether you come" in say(cast, "former", jam, says="perhaps")
    assert answers(jam) == {"stranger": "going"}


def test_maybe_and_no_hold_no_seat(cast: Cast) -> None:
    jam = planned(cast["owner"])
    say(cast, "stranger", jam, says="maybe")
    say(cast, "former", jam, says="cant")
    assert answers(jam) == {"stranger": "maybe", "former": "cant"}
    assert seated(jam) == ["owner"]


@pytest.mark.promise("JK-11")
def test_who_waits_moves_up_in_order_when_somebody_withdraws(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    first, second, third = people("first", "second", "third")
    for one in (first, second, third):
        rsvps.answer(jam, one, "going", instrument="drums")
    assert answers(jam) == {"first": "going", "second": "waiting", "third": "waiting"}
    assert seated(jam) == ["first", "owner"]
    rsvps.answer(jam, first, "cant")
    assert answers(jam) == {"first": "cant", "second": "going", "third": "waiting"}
    assert seated(jam) == ["owner", "second"]
    assert told(second) == ["A seat is yours now in a session you waited for"]
    assert told(third) == []
    rsvps.answer(jam, first, "going", instrument="drums")  # behind who waits
    rsvps.answer(jam, second, "maybe")
    assert answers(jam) == {"first": "waiting", "second": "maybe", "third": "going"}


def test_a_room_has_eight_places_also_without_named_seats(cast: Cast) -> None:
    jam = planned(cast["owner"])
    made = [rsvps.answer(jam, one, "going").state for one in people(*"abcdefgh")]
    assert made == ["going"] * 7 + ["waiting"]
    assert len(seated(jam)) == 8


def test_a_seat_is_changed_for_a_free_one_and_kept_otherwise(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums", "drums", "harp"])
    one, other, third = people("one", "other", "third")
    rsvps.answer(jam, one, "going", instrument="drums")
    rsvps.answer(jam, other, "going", instrument="harp")
    with pytest.raises(sessions.NoSeat):
        rsvps.answer(jam, one, "going", instrument="harp")
    rsvps.answer(jam, third, "going", instrument="harp")
    assert answers(jam)["third"] == "waiting"
    rsvps.answer(jam, other, "going", instrument="drums")
    assert answers(jam) == {"one": "going", "other": "going", "third": "going"}


def test_the_host_says_who_plays(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"], approval=True)
    assert "The host decides, and you are told." in say(cast, "stranger", jam, instrument="drums")
    say(cast, "former", jam, instrument="drums")
    assert (answers(jam), seated(jam)) == (
        {"stranger": "pending", "former": "pending"}, ["owner"],
    )  # fmt: skip
    page = cast.client("owner").get(jam.get_absolute_url()).content.decode()
    assert page.count('value="accept"') == 2
    asked = {row.user.username: row for row in Rsvp.objects.filter(session=jam)}
    urls = {
        name: f"{jam.get_absolute_url()}answers/{row.public_id}/" for name, row in asked.items()
    }
    for role in ("stranger", "participant", "anonymous"):
        answer = cast.client(role).post(urls["stranger"], {"decision": "accept"})
        assert answer.status_code == (302 if role == "anonymous" else 404)
    assert answers(jam)["stranger"] == "pending"
    host = cast.client("owner")
    host.post(urls["stranger"], {"decision": "accept"})
    host.post(urls["stranger"], {"decision": "accept"})
    host.post(urls["former"], {"decision": "accept"})
    assert answers(jam) == {"stranger": "going", "former": "waiting"}
    assert told(cast["stranger"]) == ["You have a seat in a session you asked for"]
    assert told(cast["former"]) == ["You are on the waiting list of a session you asked for"]
    host.post(urls["stranger"], {"decision": "refuse"})
    assert answers(jam) == {"stranger": "refused", "former": "going"}
    assert seated(jam) == ["former", "owner"]
    assert "The host declined." in say(cast, "stranger", jam, instrument="drums")
    assert answers(jam)["stranger"] == "refused"
    host.post(urls["stranger"], {"decision": "perhaps"})
    assert answers(jam)["stranger"] == "refused"
    token = sessions.token_of(sessions.invite(jam, cast["owner"]))
    said = cast.client("stranger").post(f"/i/{token}/", {"instrument": "drums"}, follow=True)
    assert "The host declined." in said.content.decode()
    host.post(urls["stranger"], {"decision": "accept"})
    assert answers(jam) == {"stranger": "waiting", "former": "going"}


@pytest.mark.clause("who-sees")
def test_what_is_between_one_and_the_host_is_seen_by_the_two_alone(cast: Cast) -> None:
    jam = planned(cast["owner"], approval=True, audience="public")
    say(cast, "stranger", jam)
    say(cast, "former", jam, says="maybe")
    asked = Rsvp.objects.get(session=jam, user=cast["stranger"])
    maybe = Rsvp.objects.get(session=jam, user=cast["former"])

    def seen() -> dict[str, set[int]]:
        viewers = {
            role: cast.viewer(role) for role in ("owner", "stranger", "former", "participant")
        }
        viewers["nobody"] = NOBODY
        return {
            name: set(visible(Rsvp, viewer).filter(session=jam).values_list("pk", flat=True))
            for name, viewer in viewers.items()
        }

    both, one = {asked.pk, maybe.pk}, {maybe.pk}
    expected = {"owner": both, "stranger": both, "former": one, "participant": one, "nobody": one}
    assert seen() == expected
    rsvps.refuse(asked)
    assert seen() == expected
    page = cast.client("participant").get(jam.get_absolute_url()).content.decode()
    assert "mark-stage-stranger" not in page and "mark-stage-former" in page


def test_who_asks_keeps_the_page_when_the_host_narrows_it(cast: Cast) -> None:
    jam = planned(cast["owner"], approval=True)
    say(cast, "stranger", jam)
    say(cast, "former", jam, says="cant")
    sessions.change_audience(jam, "participants")
    assert cast.client("stranger").get(jam.get_absolute_url()).status_code == 200
    assert cast.client("former").get(jam.get_absolute_url()).status_code == 404


@pytest.mark.clause("blocks")
@pytest.mark.parametrize("way", ["host", "guest"])
def test_a_block_frees_the_seat_and_passes_by_who_waits(cast: Cast, way: str) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    host, guest, barred, waits = cast["owner"], *people("guest", "barred", "waits")
    for one in (guest, barred, waits):
        rsvps.answer(jam, one, "going", instrument="drums")
    ties.block(*((host, guest) if way == "host" else (guest, host)))
    ties.block(host, barred)
    assert visible(Rsvp, Viewer(host.pk)).filter(user__in=[guest, barred]).count() == 0
    sweep()
    assert answers(jam) == {"guest": "cant", "barred": "cant", "waits": "going"}
    assert seated(jam) == ["owner", "waits"]
    assert told(barred) == []


def test_no_child_meets_anybody_outside_its_circle_by_a_seat(cast: Cast) -> None:
    lesson = planned(cast["child"], audience="members", title="")
    jam = planned(cast["owner"], audience="members")
    page = cast.client("classmate").get(lesson.get_absolute_url())
    assert page.status_code == 200 and 'value="going"' in page.content.decode()
    for role in ("stranger", "other-child", "owner"):
        assert cast.client(role).get(lesson.get_absolute_url()).status_code == 404
        assert cast.client(role).post(
            f"{lesson.get_absolute_url()}answer/", {"says": "going"}
        ).status_code == 404  # fmt: skip
    with pytest.raises(sessions.NoSeat):
        rsvps.answer(jam, cast["child"], "going")
    with pytest.raises(sessions.NoSeat):
        rsvps.answer(lesson, cast["stranger"], "going")
    rsvps.answer(lesson, cast["classmate"], "going")
    assert (seated(lesson), answers(jam)) == (
        sorted([cast["child"].username, cast["classmate"].username]), {},
    )  # fmt: skip


def test_an_invitation_gives_a_seat_without_asking(cast: Cast) -> None:
    jam = planned(cast["owner"], audience="participants", approval=True, seats=["drums"],
                  welcome="mark-welcome")  # fmt: skip
    token = sessions.token_of(sessions.invite(jam, cast["owner"]))
    client = cast.client("stranger")
    page = client.get(f"/i/{token}/").content.decode()
    assert "mark-welcome" in page and 'value="drums"' in page
    assert client.post(f"/i/{token}/", {"instrument": "harp"}, follow=True).status_code == 200
    assert answers(jam) == {}
    answer = client.post(f"/i/{token}/", {"instrument": "drums"})
    assert answer["Location"] == jam.get_absolute_url()
    assert answers(jam) == {"stranger": "going"}
    cast.client("former").post(f"/i/{token}/", {"instrument": "drums"})
    assert answers(jam) == {"stranger": "going", "former": "waiting"}
    assert cast.client("former").get(jam.get_absolute_url()).status_code == 200
    rsvps.answer(jam, cast["stranger"], "cant")
    assert answers(jam) == {"stranger": "cant", "former": "going"}


def test_seats_are_given_on_the_page_alone_also_while_the_room_is_open(cast: Cast) -> None:
    jam = begins(planned(cast["owner"], approval=True), minutes=5)
    client = cast.client("stranger")
    assert client.post(f"{jam.get_absolute_url()}join/").status_code == 404
    with pytest.raises(sessions.NoSeat):
        sessions.join(jam, cast["stranger"])
    say(cast, "stranger", jam)
    assert client.get(f"{jam.get_absolute_url()}room/").status_code == 404
    rsvps.accept(Rsvp.objects.get(session=jam))
    assert client.get(f"{jam.get_absolute_url()}room/").status_code == 200
    rsvps.answer(jam, cast["stranger"], "cant")
    assert client.get(f"{jam.get_absolute_url()}room/").status_code == 404


def test_who_was_recorded_there_keeps_their_seat(cast: Cast) -> None:
    jam = begins(planned(cast["owner"]), minutes=-5)
    rsvps.answer(jam, cast["stranger"], "going")
    recorded(cast["owner"], [cast["owner"], cast["stranger"]], audience="participants", session=jam)
    with pytest.raises(sessions.NoSeat):
        rsvps.answer(jam, cast["stranger"], "cant")
    with pytest.raises(sessions.NoSeat):
        rsvps.refuse(Rsvp.objects.get(session=jam))
    assert seated(jam) == ["owner", "stranger"]


def test_nobody_answers_to_what_is_over(cast: Cast) -> None:
    over = begins(planned(cast["owner"]), minutes=-31)
    gone = planned(cast["owner"])
    planning.cancel(gone)
    once = cast.sessions["public"]
    for jam in (over, gone, once):
        assert cast.client("stranger").post(
            f"{jam.get_absolute_url()}answer/", {"says": "going"}
        ).status_code == 404  # fmt: skip
        with pytest.raises(sessions.NoSeat):
            rsvps.answer(jam, cast["stranger"], "going")
    with pytest.raises(sessions.NoSeat):
        rsvps.answer(planned(cast["owner"]), cast["owner"], "going")


# Who answered is told ---------------------------------------------------------------------


def test_one_notice_says_all_that_changed(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    going, waiting, maybe, cant = people("going", "waiting", "maybe", "cant")
    User.objects.filter(pk=going.pk).update(time_zone="America/New_York")
    for one in (going, waiting):
        rsvps.answer(jam, one, "going", instrument="drums")
    rsvps.answer(jam, maybe, "maybe")
    rsvps.answer(jam, cant, "cant")
    moved = {"starts_at": jam.starts_at + timedelta(hours=1)}
    planning.change(jam, **moved, seats=["drums", "drums"], key="a-minor", title="x")
    changed = "A session that you answered has changed"
    moved_up = "A seat is yours now in a session you waited for"
    assert [told(one) for one in (going, waiting, maybe, cant)] == [
        [changed], [changed, moved_up], [changed], [],
    ]  # fmt: skip
    (text,) = Notice.objects.filter(user=going).values_list("text", flat=True)
    assert "now. Changed: its title, the key, the seats." in text
    assert "(America/New York)" in text
    assert "mark" not in text


def test_seats_that_are_taken_stay(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums", "harp"])
    rsvps.answer(jam, cast["stranger"], "going", instrument="drums")
    with pytest.raises(Exception, match="Somebody has a seat for Drum kit already"):
        planning.change(jam, seats=["harp"])
    assert planning.change(jam, seats=["drums"]) == ["seats"]


def test_all_who_answered_hear_that_it_is_called_off(cast: Cast) -> None:
    jam = planned(cast["owner"])
    rsvps.answer(jam, cast["stranger"], "going")
    rsvps.answer(jam, cast["former"], "cant")
    planning.cancel(jam)
    assert told(cast["stranger"]) == ["A session that you answered is called off"]
    assert told(cast["former"]) == []
    page = cast.client("stranger").get("/notices/").content.decode()
    assert jam.get_absolute_url() in page


def test_a_host_who_deletes_or_leaves_calls_off_what_was_planned(cast: Cast) -> None:
    deleted, left = planned(cast["owner"]), planned(cast["participant"], weekly=True)
    for jam in (deleted, left):
        rsvps.answer(jam, cast["stranger"], "going")
    assert deleting.delete_session(deleted, cast["owner"])
    assert not JamSession.objects.filter(pk=deleted.pk).exists()
    planning.call_off(cast["participant"])
    left.refresh_from_db()
    assert (left.cancelled_at is not None, left.weekly) == (True, False)
    assert told(cast["stranger"]) == ["A session that you answered is called off"] * 2
    page = cast.client("stranger").get("/notices/").content.decode()
    assert page.count("A session that you answered is called off") == 2


def test_who_leaves_gives_their_seats_to_who_waits(cast: Cast) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    for role in ("stranger", "former"):
        rsvps.answer(jam, cast[role], "going", instrument="drums")
    rsvps.withdraw_all(cast["stranger"])
    assert answers(jam) == {"stranger": "cant", "former": "going"}


# Reminders --------------------------------------------------------------------------------


def test_who_comes_is_reminded_once_an_hour_before(cast: Cast, monkeypatch: Any) -> None:
    jam = planned(cast["owner"], seats=["drums"])
    going, waiting, maybe, late = people("going", "waiting", "maybe", "late")
    for one in (going, waiting):
        rsvps.answer(jam, one, "going", instrument="drums")
    rsvps.answer(jam, maybe, "maybe")
    begins(jam, minutes=61)
    assert rsvps.remind() == 0
    begins(jam, minutes=59)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("sessions_app.services.session_notices.remind", killed)
        with pytest.raises(SystemExit):
            rsvps.remind()
    assert told(going) == []
    assert (rsvps.remind(), rsvps.remind()) == (1, 0)
    title = "A session of yours begins within the hour"
    assert [told(one) for one in (going, waiting, maybe)] == [[title], [], []]
    JamSession.objects.filter(pk=jam.pk).update(seats=["drums", "drums"])
    rsvps.answer(jam, late, "going", instrument="drums")  # who knows it already
    assert rsvps.remind() == 0
    planning.cancel(jam)
    (notice,) = Notice.objects.filter(user=going, kind="session_reminders")
    assert not kind_of("session_reminders").still(notice)


def test_a_moved_session_reminds_again(cast: Cast) -> None:
    jam = planned(cast["owner"])
    rsvps.answer(jam, cast["stranger"], "going")
    begins(jam, minutes=59)
    assert rsvps.remind() == 1
    jam.refresh_from_db()
    moved = jam.starts_at + timedelta(days=1)
    planning.change(jam, starts_at=moved, opens_at=moved, closes_at=moved + timedelta(hours=1))
    assert rsvps.remind() == 0
    begins(jam, minutes=30)
    assert rsvps.remind() == 1


# At once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_who_answer_at_once_as_many_have_a_seat_as_there_are() -> None:
    host = person("host")
    jam = planned(host, seats=["drums", "drums", "harp"])
    crowd = people(*(f"player{n}" for n in range(10)))

    def go(one: User) -> str:
        try:
            return str(rsvps.answer(jam, one, "going", instrument="drums").state)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        got = list(pool.map(go, crowd))
    assert sorted(got) == ["going"] * 2 + ["waiting"] * 8
    assert Participant.objects.filter(session=jam).count() == 3

    def leave(one: User) -> None:
        try:
            rsvps.answer(jam, one, "cant")
        finally:
            connection.close()

    leaving = [one for one, state in zip(crowd, got, strict=True) if state == "going"]
    line = Rsvp.objects.filter(session=jam, state="waiting").order_by("asked_at", "pk")
    next_two = list(line.values_list("user__username", flat=True)[:2])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(leave, leaving))
    going = Rsvp.objects.filter(session=jam, state="going").order_by("asked_at", "pk")
    assert list(going.values_list("user__username", flat=True)) == next_two
    assert Participant.objects.filter(session=jam).count() == 3
