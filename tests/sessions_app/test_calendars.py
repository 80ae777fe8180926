"""Calendars: a session as a file, one's own as a feed, as RFC 5545 has it and the gate allows."""

import re
from datetime import timedelta

import pytest

from accounts.connections import services as ties
from sessions_app.models import CalendarFeed
from sessions_app.services import calendars, planning, rsvps
from tests.cast import Cast
from tests.planned import in_days, planned


def lines(body: bytes) -> list[str]:
    """Return the logical lines of an iCalendar file, after checking the physical ones."""
    physical = body.split(b"\r\n")
    assert physical.pop() == b"" and not any(b"\n" in line or b"\r" in line for line in physical)
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode()  # folded between characters
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


def one(found: list[str], name: str) -> str:
    (value,) = (line.partition(":")[2] for line in found if line.startswith(f"{name}:"))
    return value


def address(cast: Cast, role: str = "stranger") -> str:
    page = cast.client(role).post("/settings/calendar/").content.decode()
    (found,) = re.findall(r'value="http://testserver(/calendar/[^"]+\.ics)"', page)
    return str(found)


def titles(cast: Cast, path: str) -> list[str]:
    body = cast.client("anonymous").get(path).content
    return [line.partition(":")[2] for line in lines(body) if line.startswith("SUMMARY:")]


def test_a_session_is_a_file_that_calendars_read(cast: Cast) -> None:
    jam = planned(
        cast["owner"],
        title="Trio; slow, then\\fast – 日曜日",
        about="First line\nSecond, " + "ü" * 90,
        minutes=45,
    )
    answer = cast.client("anonymous").get(f"{jam.get_absolute_url()}calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = lines(answer.content)
    assert found[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert found[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert one(found, "SUMMARY") == r"Trio\; slow\, then\\fast – 日曜日"
    assert one(found, "DESCRIPTION").startswith(r"First line\nSecond\, üüü")
    assert one(found, "UID").startswith(f"{jam.public_id}@")
    assert one(found, "DTSTART") == f"{jam.starts_at:%Y%m%dT%H%M%SZ}"
    assert one(found, "DTEND") == f"{jam.starts_at + timedelta(minutes=45):%Y%m%dT%H%M%SZ}"
    assert (one(found, "SEQUENCE"), one(found, "STATUS")) == ("0", "CONFIRMED")
    before = one(found, "UID")
    planning.change(jam, title="another")
    planning.cancel(jam)
    found = lines(cast.client("anonymous").get(f"{jam.get_absolute_url()}calendar.ics").content)
    assert (one(found, "SEQUENCE"), one(found, "STATUS")) == ("2", "CANCELLED")
    assert one(found, "UID") == before


def test_controls_break_no_line() -> None:
    made = calendars.calendar([], "a\r\nBEGIN:VALARM\x00\x7f\tb")
    assert lines(made.encode())[-2:-1] == [r"X-WR-CALNAME:a\nBEGIN:VALARM" + "\tb"]


@pytest.mark.parametrize("what", ["hidden", "at once"])
def test_what_isnt_seen_or_has_no_time_is_no_file(cast: Cast, what: str) -> None:
    jam = planned(cast["owner"], audience="participants")
    if what == "at once":
        jam = cast.sessions["public"]
    assert cast.client("stranger").get(f"{jam.get_absolute_url()}calendar.ics").status_code == 404


def test_a_feed_shows_what_its_person_hosts_or_answered(cast: Cast) -> None:
    path = address(cast)
    going, maybe, cant = (planned(cast["owner"], title=f"mark-{n}") for n in range(3))
    planned(cast["owner"], title="mark-unanswered")
    planned(cast["stranger"], title="mark-own", starts_at=in_days(1))
    rsvps.answer(going, cast["stranger"], "going")
    rsvps.answer(maybe, cast["stranger"], "maybe")
    rsvps.answer(cant, cast["stranger"], "cant")
    assert sorted(titles(cast, path)) == ["mark-0", "mark-1", "mark-own"]
    body = cast.client("anonymous").get(path).content
    states = [line for line in lines(body) if line.startswith("STATUS:")]
    assert sorted(states) == ["STATUS:CONFIRMED", "STATUS:CONFIRMED", "STATUS:TENTATIVE"]
    planning.cancel(going)
    assert "STATUS:CANCELLED" in lines(cast.client("anonymous").get(path).content)


@pytest.mark.clause("blocks")
def test_a_feed_asks_the_gate_each_time(cast: Cast) -> None:
    path = address(cast)
    jam = planned(cast["owner"], welcome="mark-welcome")
    rsvps.answer(jam, cast["stranger"], "maybe")
    assert titles(cast, path) == ["mark-planned"]
    ties.block(cast["owner"], cast["stranger"])
    assert titles(cast, path) == []


def test_the_address_is_secret_revocable_and_kept_as_a_hash(cast: Cast) -> None:
    first = address(cast)
    secret = first.split("/")[2].removesuffix(".ics")
    assert not CalendarFeed.objects.filter(secret_hash__contains=secret).exists()
    assert first not in cast.client("stranger").get("/settings/calendar/").content.decode()
    anybody = cast.client("anonymous")
    assert anybody.get(first).status_code == 200
    second = address(cast)
    assert [anybody.get(path).status_code for path in (first, second)] == [404, 200]
    assert anybody.get(second)["Cache-Control"] == "private, no-store"
    cast.client("stranger").post("/settings/calendar/", {"end": "1"})
    missing = anybody.get(f"/calendar/{'x' * 43}.ics")
    gone = anybody.get(second)
    nonce = re.compile(rb'nonce="[^"]*"')
    assert [one.status_code for one in (gone, missing)] == [404, 404]
    assert nonce.sub(b"", gone.content) == nonce.sub(b"", missing.content)
    assert CalendarFeed.objects.count() == 0


def test_a_feed_ends_with_its_person(cast: Cast) -> None:
    path = address(cast)
    cast["stranger"].leave()
    assert cast.client("anonymous").get(path).status_code == 404


def test_a_child_has_no_address(cast: Cast) -> None:
    assert cast.client("child").post("/settings/calendar/").status_code == 403
    assert "/settings/calendar/" not in cast.client("child").get("/settings/").content.decode()
