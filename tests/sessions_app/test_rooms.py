"""Live means somebody is in the room now; empty rooms close after a stated time."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.connections import services
from foundation.limits import valkey
from privacy.gate.viewer import NOBODY, Viewer
from sessions_app import lists, queries
from sessions_app.models import JamSession
from sessions_app.services import rooms, sessions
from sessions_app.tasks import sweep
from tests.cast import Cast, person
from tests.presence import come_in


@pytest.fixture
def jam(cast: Cast) -> JamSession:
    return cast.sessions["public"]


def live(viewer: Viewer = NOBODY) -> set[str]:
    return set(queries.live_sessions(viewer).values_list("title", flat=True))


def later(jam: JamSession, **time: float) -> None:
    """Time passes in which nobody gives a sign of life."""
    jam.refresh_from_db()
    for name in ("occupied_until", "closes_at", "kept_until"):
        moment = getattr(jam, name)
        if moment is not None:
            setattr(jam, name, moment - timedelta(**time))
    jam.save()
    valkey().delete(f"room:{jam.pk}")


def test_live_is_where_somebody_is_now(cast: Cast, jam: JamSession) -> None:
    assert live() == set()  # seats are no people
    come_in(jam, cast["participant"])
    assert live() == {"mark-session-owner-public"}
    later(jam, seconds=61)
    assert live() == set()  # vanished without a word, and no worker ran
    come_in(jam, cast["participant"])
    rooms.emptied(jam.pk)
    assert live() == set()


def test_a_flushed_valkey_takes_names_and_no_room(cast: Cast, jam: JamSession) -> None:
    come_in(jam, cast["owner"])
    valkey().flushdb()
    assert live() == {"mark-session-owner-public"}
    page = cast.client("anonymous").get("/jam/").content.decode()
    assert "Somebody is in" in page


@pytest.mark.clause("who-sees", "blocks")
@pytest.mark.promise("JK-11")
def test_a_card_says_who_is_in_as_far_as_its_reader_may_know(cast: Cast, jam: JamSession) -> None:
    come_in(jam, cast["owner"], cast["participant"])
    barred = person("barred")
    services.block(cast["participant"], barred)

    def inside(viewer: Viewer) -> list[list[str]]:
        rows = lists.with_inside(queries.live_sessions(viewer), viewer)
        return [[person.username for person in one.inside] for one in rows]

    assert inside(NOBODY) == [["owner", "participant"]]
    assert inside(cast.viewer("stranger")) == [["owner", "participant"]]
    assert inside(Viewer.of(barred)) == [["owner"]]
    sessions.change_audience(jam, "participants")
    assert inside(cast.viewer("participant")) == [["owner", "participant"]]
    assert inside(cast.viewer("stranger")) == []
    for path in ("/", "/jam/"):
        page = cast.client("participant").get(path).content.decode()
        (card,) = re.findall(r'class="inside">(.*?)</li>', page, re.DOTALL)
        names = re.findall(r'class="person__name">([^<]+)<', card.split("<h3>")[0])
        assert names == ["mark-stage-owner", "mark-stage-participant"], path
    (shown,) = (
        one for one in cast.client("participant").get("/api/v1/sessions/").json()["results"]
        if one["id"] == jam.public_id
    )  # fmt: skip
    assert (shown["live"], shown["inside"], shown["open"]) == (True, ["owner", "participant"], True)


def test_lists_ask_as_much_for_three_rooms_as_for_one(
    cast: Cast, jam: JamSession, django_assert_num_queries: Any
) -> None:
    come_in(jam, cast["owner"])
    viewer = cast.viewer("stranger")
    with django_assert_num_queries(2):
        assert len(lists.with_inside(queries.live_sessions(viewer), viewer)) == 1
    for _ in range(2):
        made = sessions.open_session(cast["owner"], title="", about="", audience="public")
        come_in(made, cast["owner"])
    with django_assert_num_queries(2):
        assert len(lists.with_inside(queries.live_sessions(viewer), viewer)) == 3


def test_a_room_with_nobody_in_it_closes_after_half_an_hour_by_the_clock_alone(
    cast: Cast, jam: JamSession
) -> None:
    come_in(jam, cast["owner"])
    rooms.emptied(jam.pk)
    client, token = cast.client("owner"), sessions.token_of(sessions.invite(jam, cast["owner"]))
    doors = (f"{jam.get_absolute_url()}room/", f"/i/{token}/")
    later(jam, minutes=29)
    assert [client.get(door).status_code for door in doors] == [200, 200]
    later(jam, minutes=2)
    assert [client.get(door).status_code for door in doors] == [404, 404]
    assert client.get(jam.get_absolute_url()).status_code == 200  # its recordings stay
    assert not client.get(f"/api/v1/sessions/{jam.public_id}/").json()["open"]
    with pytest.raises(sessions.NoSeat):
        sessions.join(jam, cast["stranger"])
    jam.refresh_from_db()
    assert jam.closed_at is None
    sweep()
    jam.refresh_from_db()
    assert jam.closed_at is not None


def test_somebody_inside_keeps_a_room_open(cast: Cast, jam: JamSession) -> None:
    for _ in range(3):
        later(jam, minutes=29)
        come_in(jam, cast["participant"])
    sweep()
    jam.refresh_from_db()
    assert jam.is_open and jam.is_live


def test_its_host_keeps_a_room_open_for_a_week_at_most(cast: Cast, jam: JamSession) -> None:
    client, url = cast.client("owner"), f"{jam.get_absolute_url()}keep/"
    for days in ("8", "-1", "soon", "", "9" * 30):
        page = client.post(url, {"days": days}, follow=True).content.decode()
        assert "A room stays open for at most 7 days. Nothing was changed." in page
    jam.refresh_from_db()
    assert jam.kept_until is None
    assert "The room stays open." in client.post(url, {"days": "7"}, follow=True).content.decode()
    later(jam, days=6, hours=23)
    sweep()
    jam.refresh_from_db()
    assert jam.is_open and not jam.is_live
    assert "mark-session-owner-public" in client.get("/jam/").content.decode()  # among one's own
    assert "mark-session-owner-public" not in cast.client("stranger").get("/jam/").content.decode()
    come_in(jam, cast["owner"])
    rooms.emptied(jam.pk)
    later(jam, hours=2)
    sweep()
    jam.refresh_from_db()
    assert jam.closed_at is not None


def test_the_wish_can_be_taken_back(cast: Cast, jam: JamSession) -> None:
    client, url = cast.client("owner"), f"{jam.get_absolute_url()}keep/"
    client.post(url, {"days": "7"})
    client.post(url, {"days": "0"})
    jam.refresh_from_db()
    assert jam.kept_until is None
    assert jam.closes_at < timezone.now() + timedelta(minutes=31)
    rooms.close([jam.pk])
    assert (
        "This session is closed." in client.post(url, {"days": "1"}, follow=True).content.decode()
    )


def test_the_clock_goes_on_in_lists_that_are_kept(cast: Cast, jam: JamSession) -> None:
    """What keeps a room live has run out, and nobody said so: the row stays as it is."""
    host = Viewer(cast["owner"].pk)
    soon = timezone.now() + timedelta(seconds=3)
    JamSession.objects.filter(pk=jam.pk).update(host=host.user_id, occupied_until=soon)

    def listed() -> list[bool]:
        found = lists.live(NOBODY), lists.live_sessions.page(NOBODY, None).items
        return [*(jam in rows for rows in found), jam in lists.my_empty_rooms.all(host)]

    assert listed() == [True, True, False]
    jam.refresh_from_db()
    while jam.is_live:
        time.sleep(0.1)
    assert listed() == [False, False, True]
    JamSession.objects.filter(pk=jam.pk).update(closes_at=timezone.now() + timedelta(seconds=1))
    jam.refresh_from_db()
    while jam.is_open:
        time.sleep(0.1)
    assert jam not in lists.my_empty_rooms.all(host)
