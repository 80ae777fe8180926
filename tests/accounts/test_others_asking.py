"""Whoever asks in somebody else's name uses up their own count, never that person's."""

import itertools
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.security.services import locks
from tests.accounts.test_letters import all_letters
from tests.cast import Cast

FORMS: dict[str, dict[str, str]] = {
    "lock_by_mail": {"name": "owner"},
    "leave_by_mail": {"name": "owner"},
    "account_reset_password": {"email": "owner@mail.example"},
    "public_requests": {"kind": "enquiry", "text": "mark-mine", "address": "owner@mail.example"},
}
_numbers = itertools.count(1)


def somewhere_else() -> Callable[[str], int]:
    """Return somebody on a network of their own, who sends one of the forms."""
    client = Client(REMOTE_ADDR=f"198.51.100.{next(_numbers)}")
    return lambda route: int(client.post(reverse(route), FORMS[route]).status_code)


@pytest.mark.clause("limits", "lock", "leaving-by-mail", "passwords")
@pytest.mark.promise("MJ-02")
@pytest.mark.parametrize("route", FORMS)
def test_others_dont_use_up_what_is_ones_own(cast: Cast, route: str) -> None:
    stranger, owner = somewhere_else(), somewhere_else()
    ok = {"account_reset_password": 302}.get(route, 200)
    answers = [stranger(route) for _ in range(8)]
    assert answers[:3] == [ok] * 3
    if route != "account_reset_password":  # whose answer never changes; its letters do
        assert answers[3:] == [429] * 5
    before = len(all_letters())
    assert owner(route) == ok
    assert len(all_letters()) == before + 1
    assert mail.outbox[-1].to == ["owner@mail.example"]


@pytest.mark.clause("lock", "leaving-by-mail")
@pytest.mark.parametrize("route", ["lock_by_mail", "leave_by_mail"])
def test_from_many_networks_no_more_letters_come_than_have_links_that_work(
    cast: Cast, route: str
) -> None:
    for _ in range(4):
        asks = somewhere_else()
        assert [asks(route) for _ in range(3)] == [200] * 3
    letters = all_letters()
    assert len(letters) == 5
    assert somewhere_else()(route) == 200
    assert len(all_letters()) == 5
    links = [word for one in letters for word in one.body.split() if word.startswith("http")]
    works = {
        Client().get(link).status_code for link in links if "/lock/" in link or "/leave/" in link
    }
    assert works == {200}


def test_a_link_that_was_used_makes_room_for_a_letter(cast: Cast) -> None:
    for _ in range(2):
        asks = somewhere_else()
        assert [asks("lock_by_mail") for _ in range(3)] == [200] * 3
    secret = all_letters()[0].body.split("/lock/")[1].split("/")[0]
    locks.use(secret)
    mail.outbox.clear()
    somewhere_else()("lock_by_mail")
    assert len(all_letters()) >= 1
