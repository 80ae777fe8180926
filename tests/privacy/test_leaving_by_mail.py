"""Leaving without signing in: by a mailed link, through support, and back by the letter's link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy.erasure import leave_links, leaving_by_mail, ledger
from privacy.models import Erasure, LeaveLink
from privacy.tasks import expire
from tests.cast import BACKEND, PASSWORD, Cast
from tests.told import deliver


def asked(name: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("leave_by_mail"), {"name": name})


def mailed() -> list[Any]:
    """Do what the worker does with requests and letters, and return what arrived."""
    mail.outbox.clear()
    for key in LeaveLink.due():
        leaving_by_mail.run(key)
    deliver()
    return list(mail.outbox)


def link_in(letter: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/leave/\S+)", letter.body)
    assert found is not None
    return found[1]


@pytest.mark.clause("leaving-by-mail")
@pytest.mark.promise("VJ-24")
@pytest.mark.parametrize("name", ["owner", "OWNER", "owner@mail.example", " Owner@Mail.example "])
def test_a_mailed_link_and_a_second_step_erase(cast: Cast, name: str) -> None:
    assert asked(name).status_code == 200
    (letter,) = mailed()
    assert letter.to == ["owner@mail.example"]
    client, path = Client(), link_in(letter)
    page = client.get(path)
    assert (page.status_code, page["X-Robots-Tag"], page["Referrer-Policy"]) == (
        200, "noindex", "strict-origin",
    )  # fmt: skip
    assert b"owner" not in page.content  # a forwarded link shows no name
    cast["owner"].refresh_from_db()
    assert not cast["owner"].is_leaving  # opening it changed nothing
    answer = client.post(path)
    cast["owner"].refresh_from_db()
    row = Erasure.objects.get(user=cast["owner"])
    assert (cast["owner"].is_leaving, row.way) == (True, "web")
    assert answer["Location"] == leave_links.of_erasure(row)
    assert client.post(path).status_code == client.get(path).status_code == 404  # once


@pytest.mark.clause("leaving-by-mail")
@pytest.mark.promise("VJ-24")
def test_the_answer_is_the_same_whoever_exists(cast: Cast) -> None:
    def told(answer: Any) -> tuple[int, str]:
        return answer.status_code, re.sub(
            r'value="\w{64}"|nonce="[^"]*"', "", answer.content.decode()
        )

    names = ["owner", "nobody-here", "nobody@mail.example", "leaving"]
    answers = [told(asked(name)) for name in names]
    assert answers == [answers[0]] * 4
    assert [one.to for one in mailed()] == [["owner@mail.example"]]
    assert LeaveLink.objects.count() == 4  # as much is written for nobody


@pytest.mark.clause("leaving-by-mail")
def test_a_link_ends_by_time_by_a_newer_state_and_is_kept_as_a_hash(cast: Cast) -> None:
    asked("owner")
    path = link_in(mailed()[0])
    secret = path.split("/")[3]
    row = LeaveLink.objects.get()
    assert row.secret_hash == leave_links.hash_of(secret)
    assert row.expires_at - row.created_at <= timedelta(hours=24, seconds=1)
    LeaveLink.objects.update(expires_at=timezone.now())
    assert Client().get(path).status_code == Client().post(path).status_code == 404
    LeaveLink.objects.update(expires_at=timezone.now() - timedelta(days=8))
    expire()
    assert LeaveLink.objects.count() == 0
    asked("owner")
    path = link_in(mailed()[0])
    cast.client("owner").post(reverse("leave"), {"password": PASSWORD})
    assert Client().post(path).status_code == 404  # they left another way


@pytest.mark.clause("leaving-by-mail")
def test_asking_is_limited(cast: Cast) -> None:
    assert [asked("owner").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [asked(f"x{n}").status_code for n in range(8)] == [200] * 6 + [429] * 2
    assert asked("").status_code == 422


@pytest.mark.clause("leaving", "leaving-by-mail")
@pytest.mark.promise("VJ-19")
def test_the_letter_brings_back_who_wants_to_stay(cast: Cast) -> None:
    cast.client("owner").post(reverse("leave"), {"password": PASSWORD})
    (letter,) = mailed()
    row = Erasure.objects.get(user=cast["owner"])
    assert row.purge_at.date().isoformat() in letter.body
    client, path = Client(), link_in(letter)
    page = client.get(path)
    assert page.status_code == 200
    assert (b"Stay after all" in page.content, b"owner" in page.content) == (True, False)
    assert client.post(path).status_code == 302
    cast["owner"].refresh_from_db()
    assert cast["owner"].is_present
    page = client.get(path)
    assert (b"Stay after all" in page.content, b"You stay" in page.content) == (False, True)
    assert client.post(path).status_code == 302  # too late, and says so
    assert b"can&#x27;t be stopped" in client.get(path).content


@pytest.fixture
def support(cast: Cast) -> Client:
    from django.contrib.auth.models import Group

    helper = User.objects.create_user("helper", "helper@mail.example", PASSWORD, is_staff=True)
    helper.groups.add(Group.objects.get(name="Support"))
    client = Client()
    client.force_login(helper, backend=BACKEND)
    return client


@pytest.mark.clause("leaving-by-mail")
@pytest.mark.promise("JK-15", "VJ-24")
def test_support_takes_a_request_in_and_its_person_confirms(cast: Cast, support: Client) -> None:
    """Whoever wrote to support: the link goes to the account's own address."""
    add = reverse("admin:privacy_leavelink_add")
    assert support.get(add).status_code == 200
    nobody = support.post(add, {"account": "nobody-here", "received_on": "2026-11-20"})
    assert (nobody.status_code, LeaveLink.objects.count()) == (200, 0)
    made = support.post(add, {"account": "owner@mail.example", "received_on": "2026-11-20"})
    assert made.status_code == 302
    row = LeaveLink.objects.get()
    assert (row.user, row.way, str(row.received_on)) == (cast["owner"], "support", "2026-11-20")
    assert row.recorded_by is not None
    assert row.recorded_by.username == "helper"
    cast["owner"].refresh_from_db()
    assert not cast["owner"].is_leaving
    (letter,) = mailed()
    assert letter.to == ["owner@mail.example"]
    assert Client().post(link_in(letter)).status_code == 302
    assert Erasure.objects.get(user=cast["owner"]).way == "support"
    assert [entry.event for entry in ledger.replay()] == ["requested"]


@pytest.mark.promise("JK-15")
def test_nobody_else_records_requests(cast: Cast) -> None:
    User.objects.create_user("plain", "plain@mail.example", PASSWORD, is_staff=True)
    client = Client()
    client.force_login(User.objects.get(username="plain"), backend=BACKEND)
    assert client.get(reverse("admin:privacy_leavelink_add")).status_code == 403
    assert cast.client("owner").get(reverse("admin:privacy_leavelink_add")).status_code == 302


def test_a_killed_worker_mails_a_link_that_works(cast: Cast) -> None:
    """Killed after the letter was written, before the commit: no letter. The next one mails."""
    asked("owner")
    row = LeaveLink.objects.get()
    taken = LeaveLink.claim(row.pk)
    assert taken is not None
    LeaveLink.objects.filter(pk=row.pk).update(leased_until=timezone.now())
    (letter,) = mailed()
    assert Client().get(link_in(letter)).status_code == 200
