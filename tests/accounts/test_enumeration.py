"""No answer tells whether an address has an account: not its words, its status or its time.

Times are held twice: each way must ask the same of the database for both kinds, and the times are
compared as distributions. Both kinds are asked in turn, in random order, so that whatever else the
machine does falls on both; the difference of their medians is held against what shuffling the
labels gives. Leaks are planted at each kind of door, and found.
"""

import itertools
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.forms import BaseSignupForm
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.security.guarding import GuardingAdapter
from accounts.sign_in.backends import Backend
from accounts.sign_in.forms import sign_up as forms
from tests.accounts.app import AUTH
from tests.cast import PASSWORD, person
from tests.coming_in import confirmed
from tests.entering import answer_age, born

pytestmark = [pytest.mark.clause("sign-up"), pytest.mark.promise("MJ-02")]
PAIRS = 40
TAKEN = 60  # so many that no address meets the limit of letters
SHUFFLES = 2000
_numbers = itertools.count(1)
Ask = Callable[[bool], Any]


def client() -> Client:
    """Return a browser from a network of its own: limits are counted by network."""
    number = next(_numbers)
    return Client(REMOTE_ADDR=f"10.1.{number // 250}.{number % 250 + 1}")


def address(known: bool) -> str:
    number = next(_numbers)
    return f"taken{number % TAKEN}@mail.example" if known else f"free{number}@mail.example"


def sign_up(known: bool) -> Any:
    browser = client()
    answer_age(browser)
    form = {"email": address(known), "username": f"new{next(_numbers)}", "password1": PASSWORD,
            "terms": "1"}  # fmt: skip
    return timed(browser, reverse("account_signup"), form)


def sign_in(known: bool) -> Any:
    return timed(client(), reverse("account_login"), {"login": address(known), "password": "x"})


def sign_in_by_name(known: bool) -> Any:
    name = f"taken{next(_numbers) % TAKEN}" if known else f"nobody{next(_numbers)}"
    return timed(client(), reverse("account_login"), {"login": name, "password": "x"})


def reset(known: bool) -> Any:
    return timed(client(), reverse("account_reset_password"), {"email": address(known)})


def app_sign_up(known: bool) -> Any:
    form: Any = {"email": address(known), "username": f"new{next(_numbers)}", "password": PASSWORD,
            "terms": 1, "birth_date": f"{born(30)}"}  # fmt: skip
    return timed(client(), f"{AUTH}/auth/signup", form, content_type="application/json")


def app_sign_in(known: bool) -> Any:
    form = {"email": address(known), "password": "x"}
    return timed(client(), f"{AUTH}/auth/login", form, content_type="application/json")


def app_reset(known: bool) -> Any:
    form = {"email": address(known)}
    return timed(client(), f"{AUTH}/auth/password/request", form, content_type="application/json")


def add_address(known: bool) -> Any:
    """Somebody else's address, or nobody's."""
    browser = client()
    browser.force_login(person(f"adder{next(_numbers)}"))
    confirmed(browser)
    form = {"email": address(known), "action_add": "1"}
    return timed(browser, reverse("account_email"), form)


def app_add_address(known: bool) -> Any:
    browser = client()
    adder = person(f"adder{next(_numbers)}")
    who = {"username": adder.username, "password": PASSWORD}
    answer = browser.post(f"{AUTH}/auth/login", who, content_type="application/json")
    headers = {"X-Session-Token": answer.json()["meta"]["session_token"]}
    again = f"{AUTH}/auth/reauthenticate"
    is_json: Any = {"content_type": "application/json"}
    answer = browser.post(again, {"password": PASSWORD}, headers=headers, **is_json)
    assert answer.status_code == 200
    form = {"email": address(known)}
    path = f"{AUTH}/account/email"
    return timed(browser, path, form, headers=headers, **is_json)


def timed(browser: Client, path: str, form: dict[str, str], **more: Any) -> Any:
    begun = time.perf_counter()
    answer: Any = browser.post(path, form, **more)
    answer.took = (time.perf_counter() - begun) * 1000
    answer.form = form
    answer.browser = browser
    return answer


WAYS: dict[str, Ask] = {
    "sign-up": sign_up,
    "sign-in by address": sign_in,
    "sign-in by name": sign_in_by_name,
    "reset": reset,
    "app sign-up": app_sign_up,
    "app sign-in": app_sign_in,
    "app reset": app_reset,
    "one more address": add_address,
    "app, one more address": app_add_address,
}


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Have the addresses taken, inside one transaction for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        for number in range(TAKEN):
            person(f"taken{number}")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(everybody: None, db: None) -> None:
    """What a test does to them is taken back at its end."""


def told(answer: Any) -> Any:
    """Return all that an answer tells, without what is random in any answer, and what was sent."""
    text = answer.content.decode()
    if answer.status_code == 302:
        text += answer.browser.get(answer["Location"]).content.decode()
    for value in answer.form.values():
        text = text.replace(value, "?") if isinstance(value, str) else text
    text = re.sub(r'adder[?\d]+|data-tone="[?\d]"', "", text)
    text = re.sub(r'csrf[^>]*|nonce="[^"]*"|"session_token": "\w+"', "", text)
    headers = {
        name: re.sub(r"'nonce-[^']*'", "", value)
        for name, value in answer.headers.items()
        if name not in {"Content-Length", "Expires"}
    }
    cookies = {name: (one["max-age"], one["path"]) for name, one in answer.cookies.items()}
    return answer.status_code, text, headers, cookies


@pytest.mark.parametrize("way", WAYS)
def test_words_status_and_headers_are_one(people: None, way: str) -> None:
    assert told(WAYS[way](True)) == told(WAYS[way](False))


def times(ask: Ask) -> tuple[list[float], list[float]]:
    """Ask both kinds in turn, in random order; return how long each took."""
    order = random.Random(7)
    for known in (True, False) * 2:
        ask(known)  # what is slow the first time
    found: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(PAIRS):
        for known in order.sample([True, False], 2):
            found[known].append(ask(known).took)
    return found[True], found[False]


def tells(known: list[float], unknown: list[float]) -> tuple[bool, float, float]:
    """Return whether times tell which is which, the difference, and what chance would give.

    Chance is the largest difference but one in a thousand, of medians with shuffled labels. Less
    than a twentieth of an answer's time tells nothing in practice: the limits leave nobody the
    hundreds of questions about one address that would find it.
    """
    order = random.Random(11)
    both = known + unknown
    difference = abs(statistics.median(known) - statistics.median(unknown))
    by_chance = []
    for _ in range(SHUFFLES):
        order.shuffle(both)
        one, other = both[: len(known)], both[len(known) :]
        by_chance.append(abs(statistics.median(one) - statistics.median(other)))
    by_chance.sort()
    chance = max(by_chance[-SHUFFLES // 1000], statistics.median(both) / 20)
    return difference > chance, difference, chance


@pytest.mark.alone
@pytest.mark.parametrize("way", WAYS)
def test_times_are_one(people: None, way: str) -> None:
    """Asked again when they seem to tell: chance says so once in a thousand, a leak each time."""
    for _ in range(3):
        leaks, difference, chance = tells(*times(WAYS[way]))
        if not leaks:
            break
    assert not leaks, f"{difference:.2f} ms apart, {chance:.2f} by chance"


def statements(ask: Ask, known: bool) -> tuple[list[str], int]:
    """Return what the database was asked, without its values, and how much follows the commit."""
    with TestCase.captureOnCommitCallbacks() as after, CaptureQueriesContext(connection) as asked:
        ask(known)
    shapes = [re.sub(r"'(?:[^']|'')*'|\b\d+\b", "?", one["sql"]) for one in asked.captured_queries]
    return shapes, len(after)


def in_vain(shapes: list[str]) -> list[str]:
    """Leave out how savepoints end: taking back is two statements, and quick."""
    return [one for one in shapes if "SAVEPOINT" not in one]


@pytest.mark.parametrize("way", WAYS)
def test_the_database_is_asked_the_same(people: None, way: str) -> None:
    for known in (True, False):
        WAYS[way](known)  # what is asked the first time only
    of_known, after_known = statements(WAYS[way], True)
    of_unknown, after_unknown = statements(WAYS[way], False)
    assert in_vain(of_known) == in_vain(of_unknown)
    assert after_known == after_unknown


# Leaks that are planted, to show that they would be found -----------------------------------


@pytest.fixture
def dear(people: None, settings: Any) -> None:
    """Passwords that take a while, as on the real site."""
    settings.PASSWORD_HASHERS = ["tests.hashers.DearBCrypt"]
    User.objects.update(password=make_password(PASSWORD))


def found(ask: Ask) -> bool:
    """Return whether the times tell, in one of three rounds: a busy machine may drown one."""
    return any(tells(*times(ask))[0] for _ in range(3))


@pytest.mark.alone
def test_sign_up_that_does_nothing_for_a_taken_address(people: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(forms.SameForAll, "try_save", BaseSignupForm.try_save)
    assert found(sign_up)


@pytest.mark.alone
@pytest.mark.parametrize("way", ["sign-in by address", "sign-in by name", "app sign-in"])
def test_sign_in_that_looks_at_no_password_of_nobody(
    dear: None, monkeypatch: Any, way: str
) -> None:
    monkeypatch.setattr(Backend, "_mitigate_timing_attack", lambda self, password: None)
    assert found(WAYS[way])


@pytest.mark.alone
@pytest.mark.parametrize("way", ["reset", "app reset"])
def test_a_reset_that_waits_for_the_mail_server(people: None, monkeypatch: Any, way: str) -> None:
    def sent(self: Any, user: Any, email: str, context: Any) -> None:
        time.sleep(0.02)

    monkeypatch.setattr(GuardingAdapter, "send_password_reset_mail", sent)
    assert found(WAYS[way])
