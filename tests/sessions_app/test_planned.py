"""A session later: when it opens and closes, who finds it, what the form and its limits say."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation import limits
from privacy.gate.viewer import NOBODY
from sessions_app import lists
from sessions_app.models import JamSession
from sessions_app.services import planning, rooms, sessions, timing
from sessions_app.wall_time import Skipped, moment_of, wall_of
from tests.cast import Cast
from tests.planned import begins, in_days, planned
from tests.presence import come_in

FORM = {"title": "Sunday", "about": "", "audience": "public", "when": "later", "time": "20:00",
        "zone": "Europe/Berlin", "minutes": "90"}  # fmt: skip


def day(days: int = 7) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def doors(cast: Cast, jam: JamSession) -> int:
    return int(cast.client("owner").get(f"{jam.get_absolute_url()}room/").status_code)


def test_its_room_opens_a_quarter_of_an_hour_before_and_waits_for_half_an_hour(cast: Cast) -> None:
    jam = planned(cast["owner"])
    assert (jam.is_coming, jam.is_open, doors(cast, jam)) == (True, False, 404)
    begins(jam, minutes=16)
    assert doors(cast, jam) == 404
    begins(jam, minutes=14)
    assert (jam.is_coming, jam.is_open, doors(cast, jam)) == (False, True, 200)
    begins(jam, minutes=-29)
    rooms.sweep()
    assert doors(cast, jam) == 200
    begins(jam, minutes=-31)
    assert doors(cast, jam) == 404
    rooms.sweep()
    jam.refresh_from_db()
    assert jam.closed_at is not None


def test_its_host_opens_the_room_earlier_and_it_isnt_swept_before_its_time(cast: Cast) -> None:
    jam = planned(cast["owner"], starts_at=in_days(0.5))
    opens = f"{jam.get_absolute_url()}open/"
    assert cast.client("stranger").post(opens).status_code == 404
    assert cast.client("owner").post(opens)["Location"] == f"{jam.get_absolute_url()}room/"
    come_in(jam, cast["owner"])
    rooms.emptied(jam.pk)
    begins(jam, minutes=5)
    rooms.sweep()
    assert doors(cast, jam) == 200
    begins(jam, minutes=-31)
    rooms.sweep()
    assert doors(cast, jam) == 404


@pytest.mark.clause("who-sees")
def test_what_is_planned_is_listed_the_soonest_first_for_whom_the_gate_shows_it(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    late, soon = planned(cast["owner"], title="late"), planned(
        cast["owner"], title="soon", starts_at=in_days(2)
    )  # fmt: skip
    planned(cast["owner"], title="mark-hidden", audience="participants")
    planned(cast["owner"], title="gone")
    planning.cancel(JamSession.objects.get(title="gone"))

    def titles(role: str, path: str) -> list[str]:
        page = cast.client(role).get(path).content.decode()
        found = re.findall(r'class="card__link" href="[^"]*">([^<]+)<', page)
        return [title for title in found if title in {"soon", "late", "gone", "mark-hidden"}]

    for role in ("anonymous", "stranger", "participant"):
        assert titles(role, "/jam/planned/") == ["soon", "late"]
        assert titles(role, "/jam/") == ["soon", "late"]
    assert titles("owner", "/jam/planned/?mine=1") == ["soon", "late", "mark-hidden"]
    assert titles("owner", "/") == ["soon", "late", "mark-hidden"]
    assert titles("stranger", "/") == titles("stranger", "/jam/planned/?mine=1") == []
    with django_assert_num_queries(1):
        assert lists.coming_up(NOBODY) == [soon, late]
    page: Any = lists.planned_sessions.page(NOBODY, None)
    assert page.after is None


def test_the_list_goes_on_where_a_page_ends(cast: Cast) -> None:
    made = [planned(cast["owner"], title=f"n{n}", starts_at=in_days(n + 1)) for n in range(20)]
    host = cast["participant"]
    made += [planned(host, title=f"n{n}", starts_at=made[-1].starts_at) for n in (20, 21)]
    first: Any = lists.planned_sessions.page(NOBODY, None)
    second: Any = lists.planned_sessions.page(NOBODY, first.after)
    assert [*first.items, *second.items] == made
    assert second.after is None


def test_the_form_plans_on_the_clock_of_a_zone(cast: Cast) -> None:
    client = cast.client("owner")
    answer = client.post("/jam/new/", FORM | {
        "date": day(), "seats-0-instrument": "bass-guitar", "seats-0-count": "1",
        "seats-1-instrument": "drums", "seats-1-count": "2", "approval": "on", "genre": "jazz",
        "tempo": "120", "key": "f-sharp-minor", "welcome": " Bring a chair. ",
    })  # fmt: skip
    made = JamSession.objects.get(title="Sunday")
    assert answer["Location"] == made.get_absolute_url()
    wall = datetime.combine(datetime.fromisoformat(day()), time(20))
    assert made.starts_at == moment_of(wall.date(), wall.time(), "Europe/Berlin")
    assert (made.clock, made.zone, made.minutes) == (time(20), "Europe/Berlin", 90)
    assert made.seats == ["bass-guitar", "drums", "drums"]
    assert (made.genre, made.tempo, made.key) == ("jazz", 120, "f-sharp-minor")
    assert (made.welcome, made.approval, made.weekly) == ("Bring a chair.", True, False)
    page = cast.client("stranger").get(made.get_absolute_url()).content.decode()
    for words in ("20:00 in Europe/Berlin", "Jazz", "120 bpm", "F♯ minor", "Bring a chair.",
                  "2 of 2 free"):  # fmt: skip
        assert words in page, words
    assert f'datetime="{timezone.localtime(made.starts_at).isoformat()}"' in page


def test_now_is_what_a_form_without_a_time_means(cast: Cast) -> None:
    client = cast.client("owner")
    client.post("/jam/new/", {"title": "at once", "about": "", "audience": "members"})
    client.post("/jam/new/", FORM | {"title": "now too", "when": "now", "date": day(),
                                     "seats-0-instrument": "drums", "tempo": "90"})  # fmt: skip
    once, too = JamSession.objects.filter(title__in=["at once", "now too"]).order_by("pk")
    assert [once.starts_at, too.starts_at, too.seats, too.tempo] == [None, None, [], 90]
    assert once.is_open and too.is_open


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "Say on which day."),
        ({"date": day(-1)}, "That is over already. Choose a time to come."),
        ({"date": day(367)}, "A session is planned at most a year ahead."),
        ({"date": "9999-12-31"}, "A session is planned at most a year ahead."),
        ({"date": day(), "time": ""}, "Say at what time, such as 20:00."),
        ({"date": day(), "zone": ""}, "Choose the clock that the time is meant by."),
        ({"date": day(), "zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"date": day(), "tempo": "301"}, "less than or equal to 300"),
        ({"date": day(), "minutes": "5"}, "greater than or equal to 15"),
        ({"date": day(), "key": "h-major"}, "h-major"),
        ({"date": day(), "genre": "polka-core"}, "polka-core"),
        ({"date": day(), "seats-0-instrument": "kazoo"}, "There is no instrument “kazoo” here."),
        ({"date": day(), "seats-0-instrument": "drums", "seats-0-count": "x"},
         "Say how many with a number from 1 to 7."),
        ({"date": day(), "seats-0-instrument": "drums", "seats-0-count": "9" * 5000},
         "Say how many with a number from 1 to 7."),
        ({"date": day(), "seats-0-instrument": "drums", "seats-0-count": "5",
          "seats-1-instrument": "harp", "seats-1-count": "3"},
         "A session has 7 seats beside yours. Want fewer."),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_loses_nothing(
    cast: Cast, wrong: dict[str, str], said: str
) -> None:
    sent = FORM | {"welcome": "kept words"} | wrong
    answer = cast.client("owner").post("/jam/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.replace("&#x27;", "'")
    assert "kept words" in page and 'value="Sunday"' in page
    assert not JamSession.objects.filter(title="Sunday").exists()


def test_an_hour_that_the_clocks_skip_is_none() -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    with pytest.raises(Skipped):
        moment_of(spring, time(2, 30), "Europe/Berlin")
    twice = moment_of(autumn, time(2, 30), "Europe/Berlin")  # the first of the two is meant
    assert twice == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_host_has_twenty_planned_sessions_at_most(cast: Cast) -> None:
    for _n in range(limits.PLANNED_SESSIONS):
        planned(cast["owner"])
    with pytest.raises(timing.TooManyPlanned):
        planned(cast["owner"])
    answer = cast.client("owner").post("/jam/new/", FORM | {"date": day()})
    assert answer.status_code == 422
    assert "You have 20 planned sessions" in answer.content.decode()
    sessions.open_session(cast["owner"], title="now", about="", audience="members")
    planning.cancel(JamSession.objects.filter(title="mark-planned").first())
    planned(cast["owner"])


def test_a_plan_that_cant_be_is_refused_whoever_asks(cast: Cast) -> None:
    for plan in (
        {"starts_at": in_days(-1)},
        {"starts_at": in_days(366)},
        {"zone": "Nowhere/There"},
        {"seats": ["kazoo"]},
        {"seats": ["drums"] * 8},
        {"genre": "polka-core"},
        {"starts_at": None, "weekly": True},
    ):
        with pytest.raises(ValidationError):
            planned(cast["owner"], **plan)


def test_a_visitor_sees_what_the_gate_allows(cast: Cast) -> None:
    hidden = planned(cast["owner"], audience="participants", welcome="mark-welcome")
    for role in ("anonymous", "stranger"):
        client = cast.client(role)
        for path in ("", "calendar.ics"):
            assert client.get(f"{hidden.get_absolute_url()}{path}").status_code == 404
    assert "mark-welcome" in cast.client("owner").get(hidden.get_absolute_url()).content.decode()
    shown = planned(cast["owner"], audience="public", welcome="mark-welcome")
    cast["owner"].leave()
    assert cast.client("anonymous").get(shown.get_absolute_url()).status_code in {404, 410}


# Changing it ------------------------------------------------------------------------------


def edit(cast: Cast, jam: JamSession, **values: str) -> Any:
    """Send the form as it stands, but for some values."""
    client = cast.client("owner")
    jam.refresh_from_db()
    assert jam.starts_at is not None
    page = client.get(f"{jam.get_absolute_url()}edit/").content.decode()
    assert "Change the session" in page
    kept = {"title": jam.title, "about": jam.about, "audience": jam.audience,
            "date": wall_of(jam.starts_at, jam.zone).date().isoformat(),
            "time": f"{jam.clock:%H:%M:%S}", "zone": jam.zone,
            "minutes": str(jam.minutes or 90)}  # fmt: skip
    return client.post(f"{jam.get_absolute_url()}edit/", kept | values)


def test_a_plan_is_changed_by_its_host_alone(cast: Cast) -> None:
    jam = planned(cast["owner"])
    url = f"{jam.get_absolute_url()}edit/"
    assert cast.client("stranger").get(url).status_code == 404
    assert cast.client("participant").post(url, FORM).status_code == 404
    assert edit(cast, jam, title="another", time="21:30").status_code == 302
    jam.refresh_from_db()
    assert (jam.title, jam.clock, jam.sequence) == ("another", time(21, 30), 1)
    assert jam.opens_at == jam.starts_at - timedelta(minutes=15)
    assert jam.closes_at == jam.starts_at + timedelta(minutes=30)


def test_a_session_that_was_opened_at_once_is_changed_too(cast: Cast) -> None:
    jam = cast.sessions["public"]
    page = cast.client("owner").get(f"{jam.get_absolute_url()}edit/").content.decode()
    assert 'name="welcome"' in page
    assert not re.search(r'name="(when|date|time|zone|minutes|weekly|seats-0-count)"', page)
    sent = {"title": "mark-another", "about": "", "audience": "public", "tempo": "100",
            "weekly": "on"}  # fmt: skip
    cast.client("owner").post(f"{jam.get_absolute_url()}edit/", sent)
    jam.refresh_from_db()
    assert (jam.title, jam.tempo, jam.weekly) == ("mark-another", 100, False)


def test_saying_the_same_again_changes_nothing(cast: Cast) -> None:
    jam = planned(cast["owner"], minutes=90)
    edit(cast, jam)
    jam.refresh_from_db()
    assert jam.sequence == 0


def test_what_has_begun_isnt_moved_and_what_is_over_isnt_changed(cast: Cast) -> None:
    jam = begins(planned(cast["owner"], minutes=90), minutes=10)
    with pytest.raises(ValidationError):
        planning.change(jam, **timing.timing(in_days(3), "Europe/Berlin"))
    assert planning.change(jam, title="now") == ["title"]
    begins(jam, minutes=-1)
    assert not planning.cancel(jam)
    begins(jam, minutes=-31)
    with pytest.raises(planning.Over):
        planning.change(jam, title="late")
    answer = cast.client("owner").get(f"{jam.get_absolute_url()}edit/", follow=True)
    assert "This session is over. Nothing was changed." in answer.content.decode()


def test_edits_have_a_limit(cast: Cast) -> None:
    jam = planned(cast["owner"])
    for n in range(limits.SESSION_EDITS.limit):
        planning.change(jam, title=f"n{n}")
    assert edit(cast, jam, title="once more").status_code == 429


def test_what_is_called_off_says_so_and_stays(cast: Cast) -> None:
    jam = planned(cast["owner"])
    url = jam.get_absolute_url()
    assert cast.client("stranger").post(f"{url}cancel/").status_code == 404
    cast.client("owner").post(f"{url}cancel/")
    page = cast.client("stranger").get(url).content.decode()
    assert "This session was called off." in page
    assert "I come" not in page
    said = cast.client("owner").post(f"{url}cancel/", follow=True).content.decode()
    assert "Only a session that hasn&#x27;t begun can be called off." in said


# Again ------------------------------------------------------------------------------------


def test_again_like_this_one(cast: Cast) -> None:
    jam = planned(
        cast["owner"], seats=["drums"], key="a-minor", welcome="mark-welcome", weekly=True
    )
    client = cast.client("owner")
    assert f"/jam/new/?like={jam.public_id}" in client.get(jam.get_absolute_url()).content.decode()
    page = client.get(f"/jam/new/?like={jam.public_id}").content.decode()
    assert 'value="mark-planned"' in page and "mark-welcome" in page
    assert re.search(r'<option value="drums" selected', page)
    assert re.search(r'<option value="a-minor" selected', page)
    assert re.search(r'value="later"[^>]*checked', page)
    assert not re.search(r'name="weekly"[^>]*checked', page)
    for role in ("stranger", "participant"):
        assert cast.client(role).get(f"/jam/new/?like={jam.public_id}").status_code == 404
