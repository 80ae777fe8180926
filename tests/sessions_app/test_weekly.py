"""Sessions that repeat weekly: same wall time whatever the clocks do, once, until ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sessions_app.models import JamSession
from sessions_app.services import deleting, planning, rsvps
from sessions_app.tasks import sweep
from sessions_app.wall_time import moment_of, wall_of, week_after
from tests.cast import Cast, person
from tests.planned import answers, begins, planned, seated


def following(jam: JamSession) -> list[JamSession]:
    return list(JamSession.objects.filter(previous=jam))


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Berlin", date(2027, 3, 25), date(2027, 4, 1)),
        ("Europe/Berlin", date(2027, 10, 28), date(2027, 11, 4)),
        ("America/New_York", date(2027, 3, 11), date(2027, 3, 18)),
        ("America/New_York", date(2027, 11, 4), date(2027, 11, 11)),
    ],
)
def test_the_wall_time_holds_across_a_change_of_the_clocks(
    zone: str, before: date, after: date
) -> None:
    clock = time(20, 0)
    first = moment_of(before, clock, zone)
    second = week_after(first, clock, zone, behind=first)
    assert wall_of(second, zone).replace(tzinfo=None) == datetime.combine(after, clock)
    assert (second - first) in {timedelta(days=7, hours=1), timedelta(days=7, hours=-1)}


def test_a_time_that_the_clocks_skip_moves_for_that_week_alone() -> None:
    clock, zone = time(2, 30), "Europe/Berlin"
    first = moment_of(date(2027, 3, 21), clock, zone)
    skipped = week_after(first, clock, zone, behind=first)
    assert wall_of(skipped, zone).time() == time(3, 30)
    third = week_after(skipped, clock, zone, behind=skipped)
    assert wall_of(third, zone).replace(tzinfo=None) == datetime.combine(date(2027, 4, 4), clock)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    clock, zone = time(1, 30), "America/New_York"
    first = moment_of(date(2027, 10, 31), clock, zone)
    twice = week_after(first, clock, zone, behind=first)
    assert twice == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


def test_the_next_is_made_when_one_begins_once_and_as_it_was(cast: Cast) -> None:
    jam = planned(cast["owner"], weekly=True, seats=["drums"], tempo=90, welcome="mark-welcome")
    rsvps.answer(jam, cast["stranger"], "going", instrument="drums")
    sweep()
    assert following(jam) == []
    begins(jam, minutes=-1)
    sweep()
    sweep()
    (made,) = following(jam)
    assert made.starts_at == week_after(
        jam.starts_at,
        jam.clock,
        jam.zone,
        behind=timezone.now(),
    )
    for name in planning.COPIED:
        assert getattr(made, name) == getattr(jam, name), name
    assert (answers(made), seated(made), made.is_coming) == ({}, ["owner"], True)


def test_weeks_in_which_no_worker_ran_are_passed_by(cast: Cast) -> None:
    jam = begins(planned(cast["owner"], weekly=True), days=-24)
    planning.repeat()
    (made,) = following(jam)
    assert timezone.now() < made.starts_at < timezone.now() + timedelta(days=7)
    assert planning.repeat() == 0


def test_a_week_that_is_called_off_ends_no_series_unless_its_host_says_so(cast: Cast) -> None:
    off, ended = planned(cast["owner"], weekly=True), planned(cast["owner"], weekly=True)
    client = cast.client("owner")
    client.post(f"{off.get_absolute_url()}cancel/")
    client.post(f"{ended.get_absolute_url()}cancel/", {"series": "1"})
    for jam in (off, ended):
        begins(jam, minutes=-1)
    planning.repeat()
    assert [len(following(off)), len(following(ended))] == [1, 0]


def test_what_its_host_deletes_or_stops_doesnt_come_back(cast: Cast) -> None:
    jam = begins(planned(cast["owner"], weekly=True), minutes=-1)
    planning.repeat()
    (made,) = following(jam)
    assert deleting.delete_session(made, cast["owner"])
    assert planning.repeat() == 0
    stopped = planned(cast["owner"], weekly=True)
    planning.change(stopped, weekly=False)
    begins(stopped, minutes=-1)
    assert planning.repeat() == 0


def test_nothing_is_planned_for_who_is_leaving(cast: Cast) -> None:
    begins(planned(cast["owner"], weekly=True), minutes=-1)
    cast["owner"].leave()
    assert planning.repeat() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one() -> None:
    jam = begins(planned(person("host"), weekly=True), minutes=-1)

    def work(_n: int) -> Any:
        try:
            return planning.repeat()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(following(jam)) == 1
