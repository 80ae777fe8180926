"""Networks that are down, slow, odd or forged: a clear page, nothing stored, nothing followed."""

from datetime import date
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from integrations import claims, fetching
from tests.entering import answer_age
from tests.networks.conftest import Walk, comes_back, decides, goes_there, login_url
from tests.networks.standin import NETWORKS, StandIn

WENT_WRONG = "The other site did not confirm that it is you. Nothing was stored here."
FAILS = {
    "facebook": ["/facebook/graph/oauth/access_token", "/facebook/graph/me"],
    "google": ["/google/token"],
    "apple": ["/apple/token", "/apple/keys"],
    "x": ["/x/token", "/x/me"],
    "guild": ["/guild/token", "/guild/me"],
}
CASES = [
    (network, path, mood)
    for network, paths in FAILS.items()
    for path in paths
    for mood in ("broken", "words", "empty", "list", "huge", "elsewhere", "gone")
    if not (path == "/guild/me" and mood in {"empty", "list"})  # then the id token says who it is
]


@pytest.mark.parametrize(("network", "path", "mood"), CASES)
def test_an_odd_answer_becomes_a_clear_page(
    db: None, client: Client, there: StandIn, walk: Walk, network: str, path: str, mood: str
) -> None:
    there.moods[path] = mood
    answer = walk(client, network)
    assert (answer.status_code, WENT_WRONG in answer.content.decode()) == (401, True)
    assert (User.objects.count(), SocialAccount.objects.count()) == (0, 0)
    assert "/secret" not in there.paths()


@pytest.mark.parametrize("mood", ["broken", "words", "empty", "list", "gone"])
def test_a_provider_that_is_down_is_said_to_be_before_anybody_goes_there(
    db: None, client: Client, there: StandIn, mood: str
) -> None:
    there.moods["/guild/.well-known/openid-configuration"] = mood
    answer = client.post(login_url("guild"))
    assert (answer.status_code, WENT_WRONG in answer.content.decode()) == (401, True)


def test_a_slow_provider_is_not_waited_for(
    db: None, client: Client, there: StandIn, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SILENCE", 0.5)
    there.moods["/google/token"] = "slow"
    assert walk(client, "google").status_code == 401


@pytest.mark.clause("networks")
@pytest.mark.parametrize("network", NETWORKS)
def test_a_state_that_is_not_ones_own_signs_nobody_in(
    db: None, there: StandIn, network: str
) -> None:
    mallory, nora = Client(), Client()
    asked = goes_there(mallory, network)
    decided = decides(there, network, asked)
    assert comes_back(nora, network, decided).status_code == 401  # her browser began nothing
    forged = {**goes_there(nora, network), "state": "forged"}
    assert comes_back(nora, network, decides(there, network, forged)).status_code == 401
    answer = comes_back(mallory, network, decided)
    assert answer.status_code == 302  # his own, once
    assert comes_back(mallory, network, decided).status_code == 401
    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize("network", ["apple", "google", "guild"])
@pytest.mark.parametrize("change", [{"aud": "others"}, {"iss": "https://elsewhere.example"},
                                    {"exp": 1_000_000_000}])  # fmt: skip
def test_a_statement_for_somebody_else_is_not_believed(
    db: None,
    client: Client,
    there: StandIn,
    walk: Walk,
    network: str,
    change: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = there.id_token
    monkeypatch.setattr(there, "id_token", lambda name: good(name, **change))
    assert walk(client, network).status_code == 401


@pytest.mark.parametrize("network", ["facebook", "apple", "x", "guild"])
def test_who_says_no_there_is_told_that_nothing_was_stored(
    db: None, client: Client, there: StandIn, walk: Walk, network: str
) -> None:
    answer = walk(client, network, answer="no")
    assert (answer.status_code, answer["Location"]) == (302, "/account/3rdparty/login/cancelled/")
    assert User.objects.count() == 0


def test_a_person_without_number_or_with_one_that_is_no_word_is_nobody(
    db: None, client: Client, there: StandIn, walk: Walk
) -> None:
    for uid in (None, 7, "", "x" * 300):
        there.people["google"]["sub"] = uid
        assert walk(client, "google").status_code == 401


@pytest.mark.clause("networks")
def test_what_is_not_switched_on_is_not_there(db: None, client: Client) -> None:
    page = client.get("/account/login/").content.decode()
    assert "Continue with" not in page
    paths = [login_url(name) for name in NETWORKS]
    paths += ["/account/google/login/callback/", "/account/google/login/token/",
              "/account/facebook/login/token/", "/account/apple/notifications/"]  # fmt: skip
    assert {path: client.post(path).status_code for path in paths} == dict.fromkeys(paths, 404)


@pytest.mark.promise("JT-16")
def test_signing_up_and_in_never_needs_a_network(db: None, client: Client, there: StandIn) -> None:
    answer_age(client, 30)
    page = client.get("/account/signup/").content.decode()
    assert 'name="password1"' in page
    assert page.count("Continue with") == len(NETWORKS)


@pytest.mark.parametrize(
    ("url", "own", "allowed"),
    [
        ("https://lh3.googleusercontent.com/a", "", True),
        ("http://lh3.googleusercontent.com/a", "", False),
        ("https://lh3.googleusercontent.com:8443/a", "", False),
        ("https://googleusercontent.com.evil.example/a", "", False),
        ("https://evilgoogleusercontent.com/a", "", False),
        ("https://user:pw@lh3.googleusercontent.com/a", "", False),
        ("https://127.0.0.1/a", "", False),
        ("https://[::1]/a", "", False),
        ("file:///etc/passwd", "", False),
        ("//lh3.googleusercontent.com/a", "", False),
        ("https://lh3.googleusercontent.com:x/a", "", False),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000/guild", True),
        ("http://127.0.0.1:9001/a", "http://127.0.0.1:9000/guild", False),
    ],
)
def test_pictures_come_from_the_networks_own_hosts_alone(url: str, own: str, allowed: bool) -> None:
    assert fetching._allowed(url, ("*.googleusercontent.com",), own) is allowed


@pytest.mark.parametrize(
    ("told", "birth"),
    [
        ({"birthday": "05/17/1990"}, date(1990, 5, 17)),
        ({"birthday": "1990"}, date(1990, 1, 1)),
        ({"birthday": "05/17"}, None),
        ({"birthdate": "0000-05-17"}, None),
        ({"userinfo": {"birthdate": "2001-02-03"}}, date(2001, 2, 3)),
        ({"birthdate": "2001-02-31"}, None),
        ({"birthdate": ["2001"]}, None),
        ({}, None),
    ],
)
def test_a_birthday_is_read_as_networks_write_it(told: dict[str, Any], birth: date | None) -> None:
    assert claims.oldest_birth(told) == birth


@pytest.mark.parametrize("network", ["facebook", "google", "apple", "twitter_oauth2", "guild"])
def test_nonsense_is_left_behind_and_breaks_nothing(network: str) -> None:
    odd: list[Any] = [
        None,
        True,
        3,
        [],
        {},
        [1, {"a": 2}],
        {"data": 5},
        {"data": [None, 1]},
        "\x00\n",
    ]
    for value in odd:
        told = dict.fromkeys(
            ("name", "gender", "location", "link", "timezone", "birthday", "picture", "likes",
             "friends", "profile_image_url", "address", "birthdate", "website"), value,
        )  # fmt: skip
        found = claims.read(network, told)
        assert all(text and "\x00" not in text for text in found.values()), (network, value, found)
    many = {f"c{number}": "x" * 5000 for number in range(100)}
    found = claims.read("guild", many)
    assert (len(found), max(map(len, found.values()))) == (40, 2000)


@pytest.mark.parametrize("fault", [KeyError("x"), ValueError("x"), AttributeError("x")])
def test_our_own_mistake_is_not_put_on_the_network(
    db: None,
    client: Client,
    walk: Walk,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once its answer was read, what breaks is ours: said so, and logged with its traceback."""

    def breaks(*args: Any) -> None:
        raise fault

    monkeypatch.setattr("accounts.networks.adapter._put_aside", breaks)
    client.raise_request_exception = False
    answer = walk(client, "google")
    assert (answer.status_code, WENT_WRONG in answer.content.decode()) == (500, False)
    (record,) = [one for one in caplog.records if one.name == "django.request"]
    assert record.exc_info is not None
    assert record.exc_info[1] is fault


@pytest.mark.parametrize("body", ["[" * 100_000, "[]", "{}", '{"payload": 1}', "\xff"])
def test_a_letter_from_apple_that_is_none_is_no_fault_of_ours(
    db: None, client: Client, there: StandIn, body: str
) -> None:
    answer = client.post("/account/apple/notifications/", body, content_type="application/json")
    assert answer.status_code == 400
