"""Pages of purposes, for people and visitors; the browser's signal; what browsers keep."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.sign_in.backends import Backend
from privacy import consent, datamap
from privacy.consent import Channel, purposes
from privacy.consent.choices import Choices
from privacy.datamap import browser_storage
from privacy.models import ConsentRecord
from tests.cast import Cast
from tests.privacy.test_purposes import new_words

__all__ = ["new_words"]
OURS = {"Origin": "http://testserver"}
ASKING = {"analytics", "crash_reports", "marketing"}


def choose(client: Client, key: str, answer: str, *, page: str = "consent", **more: str) -> Any:
    data = {"purpose": key, "answer": answer, **more}
    return client.post(reverse(page), data, headers=OURS)


def buttons(page: str) -> list[tuple[str, str, str]]:
    """Return (class, answer, words) of every button of a choice, in the page's order."""
    found = re.findall(
        r'<button type="submit" class="([^"]+)" name="answer" value="(\w+)"[^>]*>([^<]+)', page
    )
    return [(kind, answer, words.strip()) for kind, answer, words in found]


def kept(client: Client) -> set[str]:
    return {name for name, morsel in client.cookies.items() if morsel.value}


@pytest.mark.clause("purposes")
@pytest.mark.promise("VJ-26")
def test_every_purpose_is_seen_and_changed_in_one_place(cast: Cast) -> None:
    client = cast.client("owner")
    page = client.get(reverse("consent")).content.decode()
    for purpose in purposes.purposes():
        assert str(purpose.text.words).split(":")[0][:40] in page
    for purpose in purposes.purposes():
        for answer in ("yes", "no", "yes"):
            assert choose(client, purpose.key, answer).status_code == 302
            assert consent.has(cast["owner"], purpose.key) == (answer == "yes"), purpose.key
    assert not any(consent.has(cast["stranger"], key) for key in ASKING)
    history = client.get(reverse("consent")).content.decode()
    assert history.count("SHA-256 ") == ConsentRecord.objects.count()
    assert "SHA-256 " not in cast.client("stranger").get(reverse("consent")).content.decode()


@pytest.mark.clause("purposes", "cookies")
@pytest.mark.promise("JT-15", "JK-30")
def test_no_is_as_near_as_yes(cast: Cast, new_words: Any) -> None:
    """The same kind of button, side by side, no first: on all three places that ask."""
    consent.give(cast["owner"], "marketing", channel=Channel.SETTINGS)
    new_words("marketing")
    asked = [("owner", "consent"), ("anonymous", "cookies"), ("owner", "home")]
    for role, route in asked:
        found = buttons(cast.client(role).get(reverse(route)).content.decode())
        assert len(found) >= 2, route
        assert {kind for kind, _, _ in found} == {"button"}, route
        assert [answer for _, answer, _ in found] == ["no", "yes"] * (len(found) // 2), route


@pytest.mark.clause("purposes")
def test_changed_words_are_asked_for_again_on_the_next_visit(cast: Cast, new_words: Any) -> None:
    client = cast.client("owner")
    choose(client, "marketing", "yes")
    assert "asked-again" not in client.get(reverse("home")).content.decode()
    new_words("marketing")
    page = client.get(reverse("jams")).content.decode()
    assert "asked-again" in page and "Other words." in page
    assert "asked-again" not in cast.client("stranger").get(reverse("jams")).content.decode()
    answer = choose(client, "marketing", "no", asked="again", next="/jam/")
    assert answer["Location"] == "/jam/"
    assert "asked-again" not in client.get(reverse("home")).content.decode()
    newest = ConsentRecord.objects.latest("pk")
    assert (newest.channel, newest.given, newest.text_version) == ("asked-again", False, 2)


def test_nobody_is_sent_elsewhere_after_choosing(cast: Cast) -> None:
    client = cast.client("owner")
    for bad in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:go()"):
        answer = choose(client, "marketing", "no", next=bad)
        assert answer["Location"] == reverse("consent")


def test_unknown_purposes_and_answers_change_nothing(cast: Cast) -> None:
    client = cast.client("owner")
    for key, answer in (("invented", "yes"), ("marketing", "perhaps"), ("marketing", "")):
        assert choose(client, key, answer).status_code == 302
    assert choose(Client(), "marketing", "yes", page="cookies").status_code == 302
    assert ConsentRecord.objects.count() == 0


@pytest.mark.clause("cookies")
@pytest.mark.promise("JK-30", "JM-05", "JT-15")
def test_a_visitor_gets_one_cookie_and_only_after_choosing(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    for route in ("home", "recordings", "cookies", "statistics"):
        client.get(reverse(route))
    assert kept(client) == set()
    choose(client, "analytics", "no", page="cookies")
    assert kept(client) == {settings.CHOICES_COOKIE_NAME}
    assert client.cookies[settings.CHOICES_COOKIE_NAME].value == "analytics.0~"
    choose(client, "crash_reports", "yes", page="cookies")
    assert client.cookies[settings.CHOICES_COOKIE_NAME].value == "analytics.0~crash_reports.1~"
    morsel = client.cookies[settings.CHOICES_COOKIE_NAME]
    assert (morsel["samesite"], morsel["httponly"], morsel["max-age"]) == ("Lax", True, 15552000)
    said = ConsentRecord.objects.order_by("pk").values_list("user", "purpose", "given", "channel")
    assert list(said) == [
        (None, "analytics", False, "cookies"), (None, "crash_reports", True, "cookies"),
    ]  # fmt: skip


@pytest.mark.clause("cookies")
def test_another_site_cannot_choose_for_a_visitor(db: None) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {},
                    {"Sec-Fetch-Site": "cross-site"}):  # fmt: skip
        client = Client()
        answer = client.post(
            reverse("cookies"), {"purpose": "analytics", "answer": "yes"}, headers=headers
        )
        assert (answer.status_code, kept(client)) == (403, set())


@pytest.mark.parametrize("raw", ["analytics.x~", "analytics.1", "id.short~", "~" * 90, "<b>.1~"])
def test_a_forged_cookie_chooses_nothing(db: None, raw: str) -> None:
    client = Client()
    client.cookies[settings.CHOICES_COOKIE_NAME] = raw
    page = client.get(reverse("home"))
    choices: Choices = page.wsgi_request.choices  # type: ignore[attr-defined]
    assert (choices["analytics"], choices["crash_reports"], choices.stale) == (False, False, [])


def test_changed_words_ask_a_visitor_again(db: None, new_words: Any) -> None:
    client = Client()
    choose(client, "crash_reports", "yes", page="cookies")
    assert "crash.js" in client.get(reverse("home")).content.decode()
    new_words("crash_reports")
    page = client.get(reverse("home")).content.decode()
    assert "crash.js" not in page and "asked-again" in page
    choose(client, "crash_reports", "no", page="cookies")
    assert "asked-again" not in client.get(reverse("home")).content.decode()


def test_what_a_person_chose_comes_with_them(cast: Cast) -> None:
    """Pages ask for no more queries, whatever was chosen; the answer is that of the records."""
    owner = cast["owner"]
    consent.give(owner, "analytics", channel=Channel.SETTINGS)
    consent.withdraw(owner, "research", channel=Channel.SETTINGS)
    with CaptureQueriesContext(connection) as queries:
        person: Any = Backend().get_user(owner.pk)
        found = consent.standings(person)
    assert len(queries) == 1
    assert found == consent.standings(owner)
    assert {one.purpose.key for one in found if one.on} == {"analytics"}


# The signal ---------------------------------------------------------------------------


@pytest.mark.clause("gpc")
@pytest.mark.promise("JT-09")
def test_the_signal_ends_what_was_agreed_to_and_is_shown(cast: Cast) -> None:
    owner, client = cast["owner"], cast.client("owner")
    for key in ASKING:
        choose(client, key, "yes")
    assert all(consent.has(owner, key) for key in ASKING)
    signalling = cast.client("owner", headers={"Sec-GPC": "1"})
    page = signalling.get(reverse("consent")).content.decode()
    assert "We see your browser's Global Privacy Control signal and honour it" in page
    assert not any(consent.has(owner, key) for key in ASKING)
    gpc = ConsentRecord.objects.filter(user=owner, channel="gpc", given=False)
    assert set(gpc.values_list("purpose", flat=True)) == ASKING
    signalling.get(reverse("home"))
    assert gpc.count() == len(ASKING), "noted once"
    # Told so, they agree to one all the same.
    choose(signalling, "crash_reports", "yes")
    signalling.get(reverse("home"))
    assert {key for key in ASKING if consent.has(owner, key)} == {"crash_reports"}
    assert "crash.js" in signalling.get(reverse("home")).content.decode()
    # Other browsers of theirs, and other people, are not told anything.
    assert "signal and honour" not in client.get(reverse("consent")).content.decode()


@pytest.mark.clause("gpc")
@pytest.mark.promise("JT-09")
def test_the_signal_of_a_visitor_wins_over_an_earlier_yes(db: None) -> None:
    client = Client()
    choose(client, "crash_reports", "yes", page="cookies")
    assert "crash.js" in client.get(reverse("home")).content.decode()
    signal = {"Sec-GPC": "1"}
    assert "crash.js" not in client.get(reverse("home"), headers=signal).content.decode()
    assert "honour it" in client.get(reverse("cookies"), headers=signal).content.decode()
    client.post(
        reverse("cookies"), {"purpose": "crash_reports", "answer": "yes"}, headers=OURS | signal
    )
    assert "crash.js" in client.get(reverse("home"), headers=signal).content.decode()
    assert ConsentRecord.objects.latest("pk").against_signal


@pytest.mark.clause("gpc")
def test_only_the_value_1_is_a_signal(cast: Cast) -> None:
    client = cast.client("owner", headers={"Sec-GPC": "0"})
    choose(client, "marketing", "yes")
    client.get(reverse("home"))
    assert consent.has(cast["owner"], "marketing")


@pytest.mark.clause("gpc")
@pytest.mark.promise("JT-09")
def test_the_site_says_that_it_honours_the_signal(client: Client) -> None:
    answer = client.get("/.well-known/gpc.json")
    assert answer["Content-Type"] == "application/json"
    told = json.loads(answer.content)
    assert set(told) == {"gpc", "lastUpdate"} and told["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", told["lastUpdate"])


@pytest.mark.clause("cookies")
@pytest.mark.promise("JK-30")
def test_the_cookie_page_lists_everything_that_is_declared(client: Client) -> None:
    page = client.get(reverse("cookies")).content.decode()
    told = [one.shown for one in browser_storage.kept()]
    assert re.findall(r"<code>([^<]+)</code>", page) == told
    assert {one.kind for one in browser_storage.kept()} >= {"cookie", "localStorage", "files"}
    assert browser_storage.declared("sessionStorage", "jam-room:abc:muted")
    assert not browser_storage.declared("cookie", "tracker")


def test_the_cookie_page_and_the_data_map_know_the_same_browser_stores() -> None:
    places = {
        place for one in datamap.stores() if one.where == "your browser" for place in one.places
    }
    names = {one.shown for one in browser_storage.kept()}
    assert {one for one in names if not any(fnmatchcase(one, place) for place in places)} == set()
    assert {one for one in places if not any(fnmatchcase(name, one) for name in names)} == set()
