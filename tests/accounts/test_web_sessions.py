"""Who is signed in: one question to the database for the web session and its person together."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.identity import person_at_hand
from accounts.models import User
from tests.cast import Cast
from tests.coming_in import sign_in

PERSON = re.compile(r'from (django_session|"accounts_user")', re.IGNORECASE)


def me(client: Client) -> Any:
    answer = client.get(reverse("api_me"))
    return answer.json()["username"] if answer.status_code == 200 else answer.status_code


def asked(client: Client) -> list[str]:
    """Return the statements of a page that is the same for everybody but for its header."""
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("report_child"))
    return [query["sql"] for query in queries]


def test_one_query_tells_who_is_signed_in(cast: Cast) -> None:
    owner = sign_in("owner")
    owner.get(reverse("report_child"))
    (only,) = asked(owner)
    assert len(PERSON.findall(only)) == 2  # the session, and beside it the person
    assert b"owner" in owner.get(reverse("report_child")).content


def test_a_web_session_of_nobody_costs_one_and_no_session_none(cast: Cast) -> None:
    visitor = Client()
    assert asked(visitor) == []
    session = visitor.session
    session["anything"] = "kept"
    session.save()
    assert (len(asked(visitor)), me(visitor)) == (1, 401)
    assert visitor.session["anything"] == "kept"


@pytest.mark.clause("technical-data")
def test_the_row_in_the_list_of_sign_ins_does_not_say_who_it_is(cast: Cast) -> None:
    """Whoever could write there still signs in as nobody else: the session itself says who."""
    owner = sign_in("owner")
    UserSession.objects.update(user=cast["stranger"])
    assert me(owner) == "owner"
    UserSession.objects.all().delete()
    assert me(owner) == "owner"


def ended(owner: User) -> None:
    Session.objects.all().delete()


def run_out(owner: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def another_password(owner: User) -> None:
    owner.set_password("a melody nobody has heard")
    owner.save()


def not_active(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)


@pytest.mark.parametrize("what", [ended, run_out, another_password, not_active])
def test_what_ends_a_sign_in_ends_it_at_the_next_request(cast: Cast, what: Any) -> None:
    owner, stranger = sign_in("owner"), sign_in("stranger")
    assert me(owner) == "owner"
    what(cast["owner"])
    assert me(owner) == 401
    if what in (another_password, not_active):
        assert me(stranger) == "stranger"


def test_another_person_in_the_same_browser_is_that_person(cast: Cast) -> None:
    browser = sign_in("owner")
    browser.post(reverse("account_logout"))
    sign_in("stranger", client=browser)
    assert me(browser) == "stranger"


@pytest.mark.parametrize("cookie", ["", "x", "\0" * 32, "a" * 5000, "ä" * 32, "a' or '1'='1' -- "])
def test_a_cookie_that_names_no_session_is_nobody(cast: Cast, cookie: str) -> None:
    sign_in("owner")
    visitor = Client(raise_request_exception=False)
    visitor.cookies["jamsite_session"] = cookie
    assert me(visitor) == 401


def test_the_person_at_hand_is_taken_for_nobody_else(cast: Cast) -> None:
    class Brought:
        person = cast["owner"]

    key, other = cast["owner"].pk, cast["stranger"].pk
    with person_at_hand.brought_by(Brought()):
        assert [person_at_hand.with_key(one) for one in (key, other)] == [cast["owner"], None]
    assert person_at_hand.with_key(key) is None
