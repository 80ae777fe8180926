"""Limits on the ways in: stated when they are reached, and of no use for locking others out."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from accounts.security.services import lockouts
from accounts.sign_in import middleware
from foundation.limits import says
from tests.cast import PASSWORD, Cast, person
from tests.entering import answer_age, sign_up
from tests.told import deliver

pytestmark = [pytest.mark.clause("limits"), pytest.mark.promise("VJ-32")]
HOME, ATTACKER = "192.0.2.7", "198.51.100.9"


def sign_in(client: Client, name: str, password: str, network: str = HOME) -> Any:
    form = {"login": name, "password": password}
    return client.post(reverse("account_login"), form, REMOTE_ADDR=network)


def guess(name: str, network: str, times: int = lockouts.PER_ACCOUNT) -> list[int]:
    return [sign_in(Client(), name, f"guess {n}", network).status_code for n in range(times)]


def test_who_guesses_shuts_their_own_network_out_and_nobody_else(db: None) -> None:
    person("ines")
    person("otto")
    assert set(guess("ines", ATTACKER)) == {200}
    refused = sign_in(Client(), "ines", PASSWORD, ATTACKER)
    assert refused.status_code == 429  # the right password, too late
    page = refused.content.decode()
    assert "The limit is 10 times in 15 minutes." in page
    assert 1 <= int(refused.headers["Retry-After"]) <= 900
    # By the address it is the same account; for others the network stays open.
    assert sign_in(Client(), "ines@mail.example", PASSWORD, ATTACKER).status_code == 429
    assert sign_in(Client(), "otto", PASSWORD, ATTACKER).status_code == 302
    # Ines, at home, notices nothing.
    assert sign_in(Client(), "ines", PASSWORD, HOME).status_code == 302


def test_names_that_nobody_has_are_counted_alike(db: None) -> None:
    person("ines")
    for name in ("ines", "nobody"):
        assert guess(name, ATTACKER, lockouts.PER_ACCOUNT + 1) == [200] * 10 + [429], name


def test_right_passwords_use_nothing_up(db: None) -> None:
    person("ines")
    for _ in range(2 * lockouts.PER_ACCOUNT):
        assert sign_in(Client(), "ines", PASSWORD).status_code == 302
    assert set(guess("ines", HOME)) == {200}


def test_who_tries_many_accounts_is_stopped_too(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(lockouts, "PER_NETWORK", 12)
    tried = [sign_in(Client(), f"name{n}", "x", ATTACKER).status_code for n in range(14)]
    assert tried == [200] * 12 + [429] * 2


def test_a_browser_that_is_known_counts_for_itself(db: None) -> None:
    """The attacker sits in the same room, and fills up the count of account and network."""
    person("ines")
    own = Client()
    sign_in(own, "ines", PASSWORD)
    own.post(reverse("account_logout"))
    guess("ines", HOME)
    assert sign_in(Client(), "ines", PASSWORD, HOME).status_code == 429
    assert sign_in(own, "ines", PASSWORD, HOME).status_code == 302
    # A stolen browser can't guess for ever either.
    own.post(reverse("account_logout"))
    stolen = own
    wrong = [sign_in(stolen, "ines", "x").status_code for _ in range(lockouts.PER_DEVICE + 1)]
    assert wrong == [200] * lockouts.PER_DEVICE + [429]


def test_choosing_a_new_password_by_mail_remains(db: None) -> None:
    person("ines")
    guess("ines", HOME)
    client = Client(REMOTE_ADDR=HOME)
    client.post(reverse("account_reset_password"), {"email": "ines@mail.example"})
    deliver()
    assert mail.outbox[-1].to == ["ines@mail.example"]


def test_nobody_is_flooded_with_letters(db: None) -> None:
    """However often somebody asks, an address gets a handful of letters an hour; nobody is told.

    From everywhere together, which leaves some for who has the address, it is twenty.
    """
    person("ines")
    answers = set()
    for n in [1] * 7 + list(range(2, 20)):
        client = Client(REMOTE_ADDR=f"198.51.100.{n}")
        for address in ("ines@mail.example", "nobody@mail.example"):
            answer = client.post(reverse("account_reset_password"), {"email": address})
            answers.add((answer.status_code, answer["Location"]))
    assert answers == {(302, reverse("account_reset_password_done"))}
    deliver()
    sent = [letter.to[0] for letter in mail.outbox]
    assert {address: sent.count(address) for address in sent} == {
        "ines@mail.example": 20, "nobody@mail.example": 20,
    }  # fmt: skip


WAYS = {
    "account_login": {"login": "x", "password": "x"},
    "account_signup": {"email": "x"},
    "sign_up_age": {"day": "1"},
    "account_reset_password": {"email": "x"},
    "app_sign_up": {},
    "headless:app:account:login": {},
    "app_reset": {},
    "headless:app:tokens:refresh": {},
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_in_states_its_limit(db: None, monkeypatch: Any, way: str) -> None:
    limit = middleware.LIMITS[way]
    monkeypatch.setitem(middleware.LIMITS, way, middleware.Limit(limit.name, 2, limit.seconds))
    client = Client()
    if way == "account_signup":
        answer_age(client)
    kind = "application/json" if way.startswith(("headless", "app")) else None
    values: dict[str, Any] = {"content_type": kind} if kind else {}
    answers = [client.post(reverse(way), WAYS[way], **values) for _ in range(3)]
    assert [one.status_code == 429 for one in answers] == [False, False, True]
    told = says(2, limit.seconds)
    if kind:
        problem = answers[2].json()
        assert answers[2].headers["Content-Type"] == "application/problem+json"
        assert told in problem["detail"]
        assert (problem["limit"], problem["window_seconds"]) == (2, limit.seconds)
        assert str(problem["retry_after"]) == answers[2].headers["Retry-After"]
    else:
        assert f"The limit is {told}." in answers[2].content.decode()
    # Reading is never counted.
    if kind is None:
        assert client.get(reverse(way)).status_code in {200, 302}


def test_every_way_in_that_is_limited_exists() -> None:
    """And no view of allauth that takes a secret or sends a letter is forgotten."""
    for name in middleware.LIMITS:
        namespace, _, last = name.rpartition(":")
        resolver: Any = get_resolver()
        for part in [one for one in namespace.split(":") if one]:
            resolver = resolver.namespace_dict[part][1]
        assert last in resolver.reverse_dict, name


def test_a_class_signs_up_from_one_school(db: None) -> None:
    made = [sign_up(Client(), email=f"s{n}@mail.example", username=f"pupil{n}") for n in range(30)]
    assert {one.status_code for one in made} == {302}
    assert User.objects.count() == 30


@pytest.mark.parametrize(
    ("limit", "seconds", "words"),
    [
        (1, 60, "once in a minute"),
        (20, 300, "20 times in 5 minutes"),
        (5, 3600, "5 times in an hour"),
        (3, 86400, "3 times in 24 hours"),
        (2, 90, "2 times in 90 seconds"),
    ],
)
def test_limits_in_words(limit: int, seconds: int, words: str) -> None:
    assert says(limit, seconds) == words


def test_the_api_states_its_limit(cast: Cast, settings: Any, monkeypatch: Any) -> None:
    from rest_framework.settings import api_settings

    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "user", "1/min")
    client = cast.client("owner")
    assert client.get(reverse("api_me")).status_code == 200
    told = client.get(reverse("api_me"))
    assert (told.status_code, told.headers["Content-Type"]) == (429, "application/problem+json")
    assert told.json()["limit"] == 1
    assert "once in a minute" in told.json()["detail"]
    assert 1 <= int(told.headers["Retry-After"]) <= 60


def test_links_and_previews_are_limited_by_network(cast: Cast, monkeypatch: Any) -> None:
    """What takes secrets in its address can't be tried without end."""
    from foundation import limits

    monkeypatch.setattr(limits, "count", lambda key, seconds: 10_000)
    client = cast.client("anonymous")
    for path in ("/shared/nonsense/", "/oembed?url=https://testserver/recordings/x/"):
        answer = client.get(path)
        assert (answer.status_code, "Retry-After" in answer.headers) == (429, True), path


def test_whoever_signs_in_is_found_by_an_index(db: None) -> None:
    from accounts.sign_in.backends import find_account

    found = []
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    from django.test.utils import CaptureQueriesContext

    for login in ("nobody", "nobody@mail.example"):
        with CaptureQueriesContext(connection) as asked:
            find_account(login)
        for one in asked.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"explain {one['sql']}")
                found.append("\n".join(row[0] for row in cursor.fetchall()))
    assert len(found) == 3
    assert [plan for plan in found if "Seq Scan on accounts_user" in plan] == []
