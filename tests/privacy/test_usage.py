"""Usage statistics and crash reports: only after a yes, naming nobody, gone with a no."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy import consent
from privacy.consent import Channel
from privacy.models import CrashReport, UsageCount, UsageEvent
from privacy.tasks import count_usage, expire
from privacy.telemetry import crashes, usage
from tests.cast import Cast
from tests.privacy.test_choices import OURS, choose

STACK = """TypeError: x is undefined
    at Room.enter (http://testserver/static/site.js:1:2345)
    at HTMLElement.@owner (http://testserver/static/crash.js:12:7)
    at http://testserver/static/crash.js?who=owner:12:7
    at http://testserver/@owner/:3:1
    at evil (https://elsewhere.example/static/x.js:1:1)"""


def seen(user: User) -> list[tuple[str, str]]:
    return list(usage.events_of(user).order_by("pk").values_list("kind", "name"))


@pytest.mark.clause("usage")
@pytest.mark.promise("VJ-05", "VJ-14", "JT-18", "JK-30")
def test_nothing_is_counted_before_a_yes_and_nothing_stays_after_a_no(cast: Cast) -> None:
    owner, client = cast["owner"], cast.client("owner")
    client.get(reverse("home"))
    usage.note(owner, usage.Kind.ROOM, seconds=60)
    assert UsageEvent.objects.count() == 0
    choose(client, "analytics", "yes")
    client.get(reverse("home"))
    client.get(reverse("profile", args=["participant"]))
    usage.note(owner, usage.Kind.ROOM, seconds=63.4)
    cast.client("stranger").get(reverse("home"))
    assert seen(owner) == [("page", "home"), ("page", "profile"), ("room", "")]
    assert UsageEvent.objects.count() == 3
    page = client.get(reverse("usage")).content.decode()
    assert page.count('data-label="Which"') == 3
    assert "60 s" in page, "rounded"
    choose(client, "analytics", "no")
    client.get(reverse("home"))
    usage.note(owner, usage.Kind.ROOM, seconds=60)
    assert UsageEvent.objects.count() == 0


@pytest.mark.clause("usage")
@pytest.mark.promise("VJ-05", "VJ-14", "JT-18")
def test_an_event_names_nobody_and_no_thing(cast: Cast) -> None:
    owner = cast["owner"]
    consent.give(owner, "analytics", channel=Channel.SETTINGS)
    path = cast.recordings["public"].get_absolute_url()
    cast.client("owner").get(path, headers={"User-Agent": "mark-agent"})
    [event] = UsageEvent.objects.values()
    assert event["name"] == "recording"
    told = str(event)
    for mark in (
        owner.public_id,
        "owner",
        "mark-",
        "127.0.0.1",
        cast.recordings["public"].public_id,
    ):
        assert mark not in told
    assert event["hour"].minute == event["hour"].second == 0
    today = timezone.now().date()
    names = {usage.pseudonym(f"person:{owner.pk}", today - timedelta(days=n)) for n in range(3)}
    assert len(names) == 3, "a new name every day"
    assert event["pseudonym"] in names


@pytest.mark.clause("usage")
def test_who_is_leaving_is_counted_no_more(cast: Cast) -> None:
    consent.give(cast["leaving"], "analytics", channel=Channel.SETTINGS)
    usage.note(cast["leaving"], usage.Kind.PAGE, "home")
    assert UsageEvent.objects.count() == 0


@pytest.mark.clause("usage", "gpc")
def test_the_browsers_signal_ends_counting_and_deletes_what_was_counted(cast: Cast) -> None:
    client = cast.client("owner")
    choose(client, "analytics", "yes")
    client.get(reverse("home"))
    assert len(seen(cast["owner"])) == 1
    client.get(reverse("home"), headers={"Sec-GPC": "1"})
    assert UsageEvent.objects.count() == 0


@pytest.mark.clause("usage", "cookies")
@pytest.mark.promise("VJ-14", "JK-30")
def test_a_visitor_is_counted_only_after_a_yes_sees_it_and_ends_it(db: None) -> None:
    client, other = Client(), Client()
    client.get(reverse("home"))
    choose(client, "analytics", "yes", page="cookies")
    choose(other, "analytics", "yes", page="cookies")
    for one in (client, other):
        one.get(reverse("home"))
    assert UsageEvent.objects.values("pseudonym").distinct().count() == 2
    assert client.get(reverse("cookies")).content.decode().count('data-label="Which"') == 1
    choose(client, "analytics", "no", page="cookies")
    client.get(reverse("home"))
    assert UsageEvent.objects.count() == 1, "the other visitor's is left"
    assert "id." not in client.cookies[settings.CHOICES_COOKIE_NAME].value


@pytest.mark.clause("usage")
@pytest.mark.promise("JM-11", "JT-18", "VJ-21")
def test_no_published_cell_describes_fewer_people_than_the_set_number(
    cast: Cast, settings: Any
) -> None:
    settings.USAGE_MIN_PEOPLE = 5
    people = [User.objects.create_user(f"p{n}", f"p{n}@mail.example") for n in range(6)]
    for number, person in enumerate(people):
        consent.give(person, "analytics", channel=Channel.SETTINGS)
        for _ in range(3):  # many events of few people are still few people
            usage.note(person, usage.Kind.PAGE, "home")
            if number < 5:
                usage.note(person, usage.Kind.ROOM, seconds=120)
            if number < 4:
                usage.note(person, usage.Kind.PAGE, "profile")
    assert usage.count_days() == 0, "today is not over"
    UsageEvent.objects.update(hour=timezone.now() - timedelta(days=1))
    count_usage()
    cells = UsageCount.objects.order_by("kind", "name")
    want = [("page", "home", 6, 18, 0), ("room", "", 5, 15, 1800)]
    assert list(cells.values_list("kind", "name", "people", "events", "seconds")) == want
    # Once written, a day is not counted anew: a cell can't shrink below the number either.
    consent.withdraw(people[0], "analytics", channel=Channel.SETTINGS)
    count_usage()
    assert list(cells.values_list("kind", "name", "people", "events", "seconds")) == want
    page = cast.client("anonymous").get(reverse("statistics")).content.decode()
    assert "home" in page and "profile" not in page.split("<main")[1].split("</main")[0]
    assert page.count('data-label="People"') == 2
    kept = {column.name for column in UsageCount._meta.concrete_fields}
    assert kept == {"id", "day", "kind", "name", "people", "events", "seconds"}, "no way back"


@pytest.mark.clause("usage")
@pytest.mark.promise("VJ-05", "JT-18")
def test_single_events_are_gone_after_thirty_days(cast: Cast) -> None:
    consent.give(cast["owner"], "analytics", channel=Channel.SETTINGS)
    for _ in range(2):
        usage.note(cast["owner"], usage.Kind.PAGE, "home")
    old, young = UsageEvent.objects.order_by("pk")
    UsageEvent.objects.filter(pk=old.pk).update(hour=timezone.now() - timedelta(days=30, hours=1))
    UsageEvent.objects.filter(pk=young.pk).update(hour=timezone.now() - timedelta(days=29))
    expire()
    assert list(UsageEvent.objects.values_list("pk", flat=True)) == [young.pk]


# Crash reports ------------------------------------------------------------------------


def report(client: Client, data: Any = None, **headers: str) -> int:
    body = {"name": "TypeError", "message": "x is undefined", "stack": STACK, "page": "/@owner/"}
    raw = data if isinstance(data, bytes) else json.dumps(body if data is None else data)
    answer = client.post(
        reverse("crash"), raw, content_type="application/json", headers=OURS | headers
    )
    return answer.status_code


@pytest.mark.clause("crash-reports")
@pytest.mark.promise("VJ-14", "JK-30", "VJ-26")
def test_reports_are_loaded_and_taken_only_with_consent(cast: Cast) -> None:
    for client in (cast.client("owner"), Client()):
        page = "consent" if client.session.get("_auth_user_id") else "cookies"
        assert "crash.js" not in client.get(reverse("home")).content.decode()
        assert report(client) == 403
        choose(client, "crash_reports", "yes", page=page)
        assert "crash.js" in client.get(reverse("home")).content.decode()
        assert report(client) == 204
        choose(client, "crash_reports", "no", page=page)
        assert "crash.js" not in client.get(reverse("home")).content.decode()
        assert report(client) == 403
    assert [one.count for one in CrashReport.objects.all()] == [2]


@pytest.mark.clause("crash-reports")
@pytest.mark.promise("VJ-14")
def test_a_report_keeps_the_line_and_nothing_of_the_person(cast: Cast) -> None:
    client = cast.client("owner", headers={"User-Agent": "Mozilla/5.0 mark-agent Firefox/131.0"})
    choose(client, "crash_reports", "yes")
    thing = cast.recordings["public"].public_id
    message = (
        'Cannot play "mark-title" of Owner or @participant '
        f"at http://testserver/r/{thing}/?q=mark-q "
        f"for owner@mail.example from 192.0.2.7, {thing}, token 8f14e45fceea167a, it's mark-quote"
    )
    data = {"name": "Err<or>", "message": message, "stack": STACK, "page": f"/recordings/{thing}/"}
    assert report(client, data) == 204
    [stored] = CrashReport.objects.values()
    assert stored["frames"][0] == ["Room.enter", "site.js", 1, 2345]
    assert [frame[:2] for frame in stored["frames"]] == [
        ["Room.enter", "site.js"],
        ["", "crash.js"],
    ]
    assert (stored["name"], stored["browser"]) == ("Error", "Firefox 131")
    assert stored["message"].startswith("Cannot play … of … or … at …")
    told = str(stored).lower()
    for mark in ("owner", "participant", "mark-", thing.lower(), "192.0", "8f14", "elsewhere"):
        assert mark not in told, mark


@pytest.mark.clause("crash-reports")
def test_reports_that_are_none_are_refused(cast: Cast, settings: Any) -> None:
    client = cast.client("owner")
    choose(client, "crash_reports", "yes")
    assert report(client, b"not json") == 400
    assert report(client, ["a list"]) == 400
    assert report(client, {"name": 5}) == 400
    assert report(client, {"name": "x" * crashes.MAX_BYTES}) == 413
    assert report(client, Origin="https://elsewhere.example") == 403
    assert CrashReport.objects.count() == 0
    assert [report(client) for _ in range(20)][-5:] == [204, 204, 429, 429, 429]


def test_faults_are_forgotten_after_ninety_days_unseen(cast: Cast) -> None:
    names = {89: "TypeError", 91: "RangeError"}
    for number, name in names.items():
        made = crashes.take({"name": name}, user_agent="", host="")
        CrashReport.objects.filter(pk=made.pk).update(
            last_day=timezone.now().date() - timedelta(days=number)
        )
    count_usage()
    assert CrashReport.objects.count() == 1
