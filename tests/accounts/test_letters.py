"""What letters say of themselves, and whose address they name: the site's own, whoever asks."""

import re
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import SafetyLink
from accounts.security.services import locks
from privacy.erasure import leaving_by_mail
from privacy.models import LeaveLink
from tests.cast import PASSWORD, Cast
from tests.coming_in import confirmed
from tests.entering import born, sign_up
from tests.told import deliver

ELSEWHERE = "localhost:8123"  # a host that the site answers to, on a port that isn't its own


def all_letters() -> list[Any]:
    """Do what the worker does with what waits, and return what was mailed."""
    for key in SafetyLink.due():
        locks.run(key)
    for key in LeaveLink.due():
        leaving_by_mail.run(key)
    deliver()
    return list(mail.outbox)


@pytest.fixture
def letters(cast: Cast) -> list[Any]:
    """Every letter that somebody can have sent by a form, or by an app, at a host they chose."""
    names: Any = {"HTTP_HOST": ELSEWHERE}
    visitor = Client(**names)
    assert visitor.get("/").wsgi_request.get_host() == ELSEWHERE
    sign_up(visitor)
    sign_up(Client(**names), email="owner@mail.example", username="another")
    for address in ("owner@mail.example", "nobody@mail.example"):
        visitor.post(reverse("account_reset_password"), {"email": address})
    visitor.post(reverse("lock_by_mail"), {"name": "owner"})
    visitor.post(reverse("leave_by_mail"), {"name": "owner"})
    asked = {"kind": "enquiry", "text": "mark-question", "address": "asker@elsewhere.example"}
    visitor.post(reverse("public_requests"), asked)
    owner = cast.client("owner", **names)
    confirmed(owner)
    owner.post(reverse("account_email"), {"action_add": "", "email": "second@mail.example"})
    owner.post(reverse("confirm_by_mail"))
    app: Any = {"content_type": "application/json", "headers": {"Host": ELSEWHERE}}
    flows = "/api/auth/app/v1/auth/"
    account = {"email": "app@mail.example", "username": "app", "password": PASSWORD}
    visitor.post(f"{flows}signup", {**account, "birth_date": f"{born(30)}", "terms": 1}, **app)
    visitor.post(f"{flows}password/request", {"email": "owner@mail.example"}, **app)
    return all_letters()


@pytest.mark.clause("passwords", "addresses")
@pytest.mark.promise("JK-36")
def test_every_address_in_a_letter_is_the_sites_own(letters: list[Any]) -> None:
    assert len(letters) == 11, [(one.to, one.subject) for one in letters]
    told = [f"{one.subject} {one.body}" for one in letters]
    links = [set(re.findall(r"\w+://[^\s/]+", text)) for text in told]
    assert links == [{site.SITE_URL}] * len(letters)
    assert all(ELSEWHERE not in text for text in told)


def test_letters_say_that_nobody_wrote_them_and_begin_alike(letters: list[Any]) -> None:
    assert {one.extra_headers.get("Auto-Submitted") for one in letters} == {"auto-generated"}
    assert all(one.message()["Auto-Submitted"] == "auto-generated" for one in letters)
    prefixes = [re.findall(r"\[[^]]*\]", one.subject) for one in letters]
    assert prefixes == [["[Jamsite]"]] * len(letters)
    assert all(one.subject.startswith("[Jamsite] ") for one in letters)
