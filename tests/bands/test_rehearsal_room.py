"""A band's rehearsal room: always there for the band, open while somebody is in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as connections
from bands.services import members
from sessions_app.models import JamSession, Participant
from sessions_app.services import rooms, sessions, standing
from tests.bands.quartet import Quartet
from tests.presence import come_in


def enter(band: Quartet, name: str) -> Any:
    return band.client(name).post(reverse("band_room", args=["quartet"]))


def room_of(answer: Any) -> JamSession:
    assert answer.status_code == 302 and answer.url.endswith("/room/")
    return JamSession.objects.get(public_id=answer.url.split("/")[2])


@pytest.fixture
def quartet(db: None) -> Quartet:
    return Quartet()


def test_who_comes_first_opens_it_and_the_others_come_in(quartet: Quartet) -> None:
    room = room_of(enter(quartet, "player"))
    assert (room.host, room.audience, room.band) == (quartet["player"], "band", quartet.band)
    assert room_of(enter(quartet, "owner")) == room
    assert room_of(enter(quartet, "owner")) == room
    seats = Participant.objects.filter(session=room).order_by("user__username")
    assert list(seats.values_list("user__username", flat=True)) == ["owner", "player"]


@pytest.mark.parametrize("name", ["fan", "asker", "stranger", "anonymous"])
@pytest.mark.clause("who-sees")
def test_nobody_else_comes_in_or_sees_it(quartet: Quartet, name: str) -> None:
    room = room_of(enter(quartet, "player"))
    answer = enter(quartet, name)
    assert answer.status_code == (302 if name == "anonymous" else 404)
    assert answer.get("Location", "/account/login/").startswith("/account/login/")
    assert quartet.client(name).get(room.get_absolute_url()).status_code == 404
    page = quartet.client(name).get(reverse("band", args=["quartet"])).content.decode()
    assert "Rehearsal room" not in page and room.public_id not in page


def test_the_bands_page_tells_its_members_that_somebody_is_in(quartet: Quartet) -> None:
    page = reverse("band", args=["quartet"])
    assert "somebody is in" not in quartet.client("owner").get(page).content.decode()
    come_in(room_of(enter(quartet, "player")), quartet["player"])
    html = quartet.client("owner").get(page).content.decode()
    assert "somebody is in" in html and "Rehearsal room" in html
    assert "somebody is in" not in quartet.client("fan").get(page).content.decode()


def test_it_ends_when_it_is_empty_and_the_next_time_is_another_session(quartet: Quartet) -> None:
    room = room_of(enter(quartet, "player"))
    over = timezone.now() - timedelta(seconds=1)
    JamSession.objects.filter(pk=room.pk).update(closes_at=over)
    again = room_of(enter(quartet, "owner"))  # before a sweeper has said that it is over
    assert again != room and again.host == quartet["owner"]
    room.refresh_from_db()
    assert room.closed_at is not None
    rooms.close([again.pk])
    assert room_of(enter(quartet, "owner")) not in {room, again}


def test_who_left_the_band_opens_it_no_more(quartet: Quartet) -> None:
    members.leave(quartet.band, quartet["player"])
    assert enter(quartet, "player").status_code == 404
    with pytest.raises(sessions.NotInBand):
        standing.enter(quartet.band, quartet["player"])


def test_a_block_holds_inside_a_band(quartet: Quartet) -> None:
    room = room_of(enter(quartet, "player"))
    connections.block(quartet["player"], quartet["admin"])
    answer = enter(quartet, "admin")
    assert answer.url == reverse("band", args=["quartet"])
    assert not Participant.objects.filter(session=room, user=quartet["admin"]).exists()


def test_a_locked_room_says_so(quartet: Quartet) -> None:
    room = room_of(enter(quartet, "player"))
    JamSession.objects.filter(pk=room.pk).update(is_locked=True)
    page = quartet.client("owner").post(reverse("band_room", args=["quartet"]), follow=True)
    assert "This session is locked" in page.content.decode()


def test_taken_off_the_bands_page_it_is_a_session_like_others(quartet: Quartet) -> None:
    room = room_of(enter(quartet, "player"))
    sessions.take_off_band(room)
    assert room_of(enter(quartet, "owner")) != room


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_opens_it() -> None:
    quartet = Quartet()

    def come(name: str) -> int:
        try:
            return standing.enter(quartet.band, quartet[name]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        came = list(pool.map(come, ("owner", "admin", "player")))
    assert len(set(came)) == 1
    assert Participant.objects.filter(session=came[0]).count() == 3
