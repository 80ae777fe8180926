"""What people are told, where and when: as each of them chose, and alerts whatever they chose."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connections import services as ties
from accounts.models import User
from accounts.settings import services
from foundation import moments
from privacy import notices
from privacy.models import Notice, NoticeChoice
from tests.cast import Cast
from tests.told import deliver

URL = "/settings/notifications/"
# 22:30 in Berlin on a Sunday night in winter.
# Ahead of the real clock, by which the rows are made.
NIGHT = datetime(2046, 11, 22, 21, 30, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the site's clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def quiet(user: User, begins: int = 22, ends: int = 7, zone: str = "Europe/Berlin") -> None:
    services.set_quiet(user, time(begins), time(ends), zone)


def sent() -> list[str]:
    deliver()
    return [str(letter.subject) for letter in mail.outbox]


def listed(cast: Cast, who: str = "owner") -> list[str]:
    html = cast.client(who).get(reverse("notices")).content.decode()
    return re.findall(r'<h2 class="door__title">(?:<a[^>]*>)?([^<]+)', html)


# Kinds and channels ----------------------------------------------------------------------


def test_without_a_choice_the_kinds_own_defaults_hold(cast: Cast) -> None:
    notices.tell(cast["owner"], "account", "mark-service", "")
    ties.follow(cast["stranger"], cast["owner"])
    assert sent() == ["[Jamsite] mark-service"]
    assert listed(cast) == ["Somebody would like to follow you", "mark-service"]


@pytest.mark.parametrize("product", [True, False])
@pytest.mark.parametrize("by_mail", [True, False])
def test_each_channel_is_chosen_by_itself(cast: Cast, product: bool, by_mail: bool) -> None:
    notices.choose(cast["owner"], {"account": (product, by_mail)})
    notices.tell(cast["owner"], "account", "mark-chosen", "")
    notices.tell(cast["stranger"], "account", "mark-other", "")
    assert ("[Jamsite] mark-chosen" in sent()) is by_mail
    assert ("mark-chosen" in listed(cast)) is product
    html = cast.client("owner").get(reverse("home")).content.decode()
    assert ("nav__count" in html) is product
    # Whoever chose nothing has both; a notice for the mail alone leaves no row behind.
    assert "[Jamsite] mark-other" in sent() and listed(cast, "stranger") == ["mark-other"]
    assert Notice.objects.filter(user=cast["owner"]).count() == int(product)


def test_a_follow_request_comes_by_mail_to_who_wants_that(cast: Cast) -> None:
    notices.choose(cast["owner"], {"follows": (True, True)})
    ties.follow(cast["stranger"], cast["owner"])
    assert sent() == ["[Jamsite] Somebody would like to follow you"]
    assert "stranger" not in mail.outbox[0].body


def test_a_change_holds_for_letters_on_their_way(cast: Cast) -> None:
    notices.tell(cast["owner"], "account", "mark-waiting", "")
    notices.choose(cast["owner"], {"account": (True, False)})
    assert sent() == []
    assert listed(cast) == ["mark-waiting"]


@pytest.mark.clause("told")
@pytest.mark.promise("VJ-08")
@pytest.mark.parametrize("kind", ["safety", "rights", "policy"])
def test_what_is_about_safety_and_rights_cant_be_switched_off(cast: Cast, kind: str) -> None:
    owner = cast["owner"]
    notices.choose(owner, {kind: (False, False)})
    NoticeChoice.objects.create(user=owner, kind=kind, product=False, mail=False)  # even so
    notices.tell(owner, kind, "mark-always", "")
    assert sent() == ["[Jamsite] mark-always"]
    assert listed(cast) == ["mark-always"]


def test_the_page_says_what_holds_and_what_changed_in_words_and_takes_it_back(cast: Cast) -> None:
    client = cast.client("owner")
    html = client.get(URL).content.decode()
    boxes = re.findall(
        r'<input type="checkbox" name="((?:product|mail)_\w+)"[^>]*?(checked)?>', html
    )
    own = {
        f"{where}_{one.key}": getattr(one, where)
        for one in notices.kinds() if one.choosable for where in ("product", "mail")
    }  # fmt: skip
    assert {name: bool(on) for name, on in boxes} == {
        **own,
        "product_account": True, "mail_account": True,
        "product_follows": True, "mail_follows": False,
    }  # fmt: skip
    for title in ("Security alerts", "Your requests and your data", "Changes of what we promise"):
        assert title in html
    assert client.post(URL, {"product_account": "on", "mail_follows": "on"}).status_code == 302
    html = client.get(URL).content.decode()
    assert "Service notices: from now on in the product, no e-mail." in html
    assert "Followers: from now on by e-mail alone." in html
    assert notices.wishes([cast["owner"]], "follows") == {cast["owner"].pk: (False, True)}
    client.post(URL, {"undo": "1"})
    assert notices.wishes([cast["owner"]], "follows") == {cast["owner"].pk: (True, False)}
    assert notices.wishes([cast["owner"]], "account") == {cast["owner"].pk: (True, True)}
    assert 'id="changed"' not in client.get(URL).content.decode()
    assert notices.wishes([cast["stranger"]], "account") == {cast["stranger"].pk: (True, True)}


def test_the_way_back_ends_with_the_look_at_another_page(cast: Cast) -> None:
    client = cast.client("owner")
    client.post(URL, {})
    client.get(reverse("account_settings"))
    client.post(URL, {"undo": "1"})
    assert notices.wishes([cast["owner"]], "account") == {cast["owner"].pk: (False, False)}


def test_many_are_told_as_each_chose_with_two_statements(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    notices.choose(cast["stranger"], {"account": (False, False)})
    for names in (["owner"], ["owner", "stranger", "participant"]):
        with django_assert_num_queries(2):
            notices.tell_many([cast[name] for name in names], "account", "All", "", mail=False)
    assert Notice.objects.filter(user=cast["stranger"]).count() == 0


# Quiet hours -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "is_quiet"), [(20.9, False), (21, True), (23.5, True), (29.9, True), (30, False)]
)
def test_a_night_is_quiet_on_the_persons_own_clock(hour: float, is_quiet: bool) -> None:
    """22 to 7 in Berlin is 21 to 6 in UTC in winter."""
    person = User(quiet_from=time(22), quiet_until=time(7), time_zone="Europe/Berlin")
    now = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(hours=hour)
    morning = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert moments.quiet_until(person, now) == (morning if is_quiet else None)


def test_quiet_hours_within_a_day_and_across_a_changed_clock() -> None:
    noon = User(quiet_from=time(12), quiet_until=time(14), time_zone="Asia/Tokyo")
    at = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # 12:30 in Tokyo
    assert moments.quiet_until(noon, at) == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert moments.quiet_until(noon, at + timedelta(hours=2)) is None
    # On 29 March 2026 the clocks of Berlin go from 2 to 3; 7 o'clock is 5 in UTC that morning.
    night = User(quiet_from=time(22), quiet_until=time(7), time_zone="Europe/Berlin")
    before = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert moments.quiet_until(night, before) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    # Half past two doesn't exist that night: the end is never behind.
    short = User(quiet_from=time(1), quiet_until=time(2, 30), time_zone="Europe/Berlin")
    during = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    end = moments.quiet_until(short, during)
    assert end is not None and during < end < during + timedelta(hours=1)


def test_who_has_none_and_who_has_an_unknown_clock() -> None:
    now = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert moments.quiet_until(User(), now) is None
    lost = User(quiet_from=time(22), quiet_until=time(7), time_zone="Mars/Olympus")
    assert moments.quiet_until(lost, now) == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_mail_waits_for_the_morning_and_comes_then(cast: Cast, at: Any) -> None:
    at(NIGHT)
    quiet(cast["owner"])
    notices.tell(cast["owner"], "account", "mark-night", "")
    notices.tell(cast["stranger"], "account", "mark-awake", "")
    assert sent() == ["[Jamsite] mark-awake"]
    at(NIGHT + timedelta(hours=8, minutes=29))  # 6:59 in Berlin
    assert sent() == ["[Jamsite] mark-awake"]
    at(NIGHT + timedelta(hours=8, minutes=30))
    assert sent() == ["[Jamsite] mark-awake", "[Jamsite] mark-night"]
    assert len(sent()) == 2


@pytest.mark.clause("told")
@pytest.mark.promise("VJ-08")
def test_alerts_come_through_at_night(cast: Cast, at: Any) -> None:
    at(NIGHT)
    quiet(cast["owner"])
    client = cast.client("owner")
    notices.tell(cast["owner"], "account", "mark-night", "")
    assert "nav__count" not in client.get(reverse("home")).content.decode()
    notices.tell(cast["owner"], "safety", "mark-alert", "")
    assert sent() == ["[Jamsite] mark-alert"]
    assert "nav__count" in client.get(reverse("home")).content.decode()


def test_the_mark_comes_back_in_the_morning(cast: Cast, at: Any) -> None:
    at(NIGHT)
    quiet(cast["owner"])
    notices.tell(cast["owner"], "account", "mark-night", "")
    client = cast.client("owner")
    assert "nav__count" not in client.get(reverse("home")).content.decode()
    assert "mark-night" in listed(cast)  # it is there for who looks
    at(NIGHT + timedelta(hours=9))
    assert "nav__count" in client.get(reverse("home")).content.decode()


def test_ending_quiet_hours_lets_go_what_they_held(cast: Cast, at: Any) -> None:
    at(NIGHT)
    quiet(cast["owner"])
    notices.tell(cast["owner"], "account", "mark-night", "")
    assert sent() == []
    services.set_quiet(cast["owner"], None, None, "")
    assert sent() == ["[Jamsite] mark-night"]


def test_hours_are_set_on_the_page_with_the_clock_they_are_meant_by(cast: Cast) -> None:
    client, owner = cast.client("owner"), cast["owner"]
    hours = {"part": "quiet", "quiet": "on", "quiet_from": "23:15", "quiet_until": "06:30"}
    answer = client.post(URL, hours)
    assert answer.status_code == 422
    assert "Choose the clock" in answer.content.decode() and "23:15" in answer.content.decode()
    answer = client.post(URL, hours | {"time_zone": "Europe/Berlin"}, follow=True)
    assert "Quiet from 23:15 until 06:30, Europe/Berlin time." in answer.content.decode()
    owner.refresh_from_db()
    kept = (owner.quiet_from, owner.quiet_until, owner.time_zone)
    assert kept == (time(23, 15), time(6, 30), "Europe/Berlin")
    client.post(URL, {"part": "quiet", "time_zone": "Europe/Berlin"})
    owner.refresh_from_db()
    assert (owner.quiet_from, owner.quiet_until) == (None, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quiet_until": "22:00"}, "quiet all day"),
        ({"quiet_from": ""}, "Say a time"),
        ({"quiet_from": "late"}, "valid time"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
    ],
)
def test_hours_that_make_no_sense_are_told_and_nothing_is_lost(
    cast: Cast, change: dict[str, str], said: str
) -> None:
    good = {"part": "quiet", "quiet": "on", "quiet_from": "22:00", "quiet_until": "07:00",
            "time_zone": "Europe/Berlin"}  # fmt: skip
    answer = cast.client("owner").post(URL, good | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    cast["owner"].refresh_from_db()
    assert cast["owner"].quiet_from is None


# The clock -------------------------------------------------------------------------------


def test_pages_and_letters_tell_times_by_the_chosen_clock(cast: Cast, at: Any) -> None:
    at(NIGHT)
    client, owner = cast.client("owner"), cast["owner"]
    page = client.get(reverse("account_settings")).content.decode()
    assert "In letters it is now Nov. 22, 2046, 21:30 (UTC)." in page
    client.post(reverse("account_settings"), {"time_zone": "Asia/Kolkata"})
    page = client.get(reverse("account_settings")).content.decode()
    assert "Nov. 23, 2046, 03:00 (Asia/Kolkata)" in page and 'data-zone="Asia/Kolkata"' in page
    owner.refresh_from_db()
    assert moments.moment_in_words(NIGHT, owner) == "Nov. 23, 2046, 03:00 (Asia/Kolkata)"
    assert moments.day_in_words(NIGHT, owner) == "Nov. 23, 2046"
    assert moments.day_in_words(NIGHT, cast["stranger"]) == "Nov. 22, 2046"
    notices.tell(owner, "account", "Told", "")
    assert 'datetime="2046-11-23T03:00:00+05:30"' in client.get("/notices/").content.decode()
    assert timezone.get_current_timezone_name() == "UTC"  # the next request starts anew
    assert "data-zone" not in Client().get("/").content.decode()


def test_names_that_browsers_still_use_are_taken(cast: Cast) -> None:
    cast.client("owner").post(reverse("account_settings"), {"time_zone": "Asia/Calcutta"})
    cast["owner"].refresh_from_db()
    assert cast["owner"].time_zone == "Asia/Calcutta"
