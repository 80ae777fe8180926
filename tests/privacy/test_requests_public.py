"""Requests of anybody: a link to the address first, and one answer whoever exists."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.datamap import retention_job
from privacy.models import Notice, Request
from privacy.subject_requests import intake
from tests.cast import Cast, person
from tests.told import deliver

SECRETS = re.compile(r'(?:csrfmiddlewaretoken" value="|csrf-token" content="|nonce=")[^"]*')


def send(address: str = "asker@elsewhere.example", **more: str) -> Any:
    form = {"kind": "enquiry", "text": "mark-question", "address": address, **more}
    return Client().post(reverse("public_requests"), form)


def mailed_link() -> str:
    deliver()
    found = re.findall(
        r"http://127\.0\.0\.1:8000(/privacy/requests/\S+/)", str(mail.outbox[-1].body)
    )
    return found[0]


@pytest.mark.clause("contact")
@pytest.mark.promise("JK-37", "JM-10")
def test_an_enquiry_gets_a_reference_a_state_and_an_answer(db: None) -> None:
    assert send().status_code == 200
    row = Request.objects.get()
    assert (row.state, row.user, row.address) == ("unconfirmed", None, "asker@elsewhere.example")
    link = mailed_link()
    assert [letter.to for letter in mail.outbox] == [["asker@elsewhere.example"]]
    browser = Client()
    assert "Is this request yours?" in browser.get(link).content.decode()
    row.refresh_from_db()
    assert row.state == "unconfirmed"  # a mail scanner that opens links confirms nothing
    assert browser.post(link, {"confirm": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.identity) == ("open", "link")
    page = browser.get(link)
    assert row.reference in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin" and page["Cache-Control"] == "no-store"
    intake.answer(row, person("sam"), "mark-answer")
    deliver()
    assert "mark-answer" in mail.outbox[-1].body and link in mail.outbox[-1].body
    assert "mark-answer" in browser.get(link).content.decode()
    assert Notice.objects.count() == 0  # letters to bare addresses leave no row


@pytest.mark.clause("contact")
@pytest.mark.promise("JK-37")
def test_the_contacts_come_from_the_settings(db: None, settings: Any) -> None:
    settings.CONTACT_EMAIL, settings.SUPPORT_EMAIL = "privacy@x.example", "help@x.example"
    page = Client().get(reverse("public_requests") + "?kind=enquiry").content.decode()
    assert "mailto:privacy@x.example" in page and "mailto:help@x.example" in page
    settings.SUPPORT_EMAIL = ""
    assert Client().get(reverse("public_requests")).content.decode().count("privacy@x.example") == 4


@pytest.mark.clause("requests")
def test_the_answer_is_the_same_whoever_exists(cast: Cast) -> None:
    answers = [
        send("owner@mail.example", kind="access"),
        send("nobody@mail.example", kind="access"),
    ]
    bodies = {SECRETS.sub("", one.content.decode()) for one in answers}
    assert len(bodies) == 1 and {one.status_code for one in answers} == {200}
    first, second = (len(one.body) for one in _letters())
    assert abs(first - second) < 5  # the letters too


def _letters() -> list[Any]:
    deliver()
    return list(mail.outbox)


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-18")
def test_the_link_ties_a_request_to_the_account_with_that_address(cast: Cast) -> None:
    send("Owner@Mail.example", kind="correct")
    row = Request.objects.get()
    assert row.user is None
    Client().post(mailed_link(), {"confirm": "1"})
    row.refresh_from_db()
    assert (row.user, row.state) == (cast["owner"], "open")
    own = reverse("request", args=[row.public_id])
    assert cast.client("owner").get(own).status_code == 200
    assert cast.client("stranger").get(own).status_code == 404


@pytest.mark.clause("addresses")
@pytest.mark.promise("JT-11")
def test_periods_begin_when_the_address_is_confirmed(db: None) -> None:
    send()
    early = timezone.now() - timedelta(days=2)
    Request.objects.update(received_at=early, acknowledge_by=early, answer_by=early)
    Client().post(mailed_link(), {"confirm": "1"})
    row = Request.objects.get()
    assert row.received_at > timezone.now() - timedelta(minutes=1)
    assert (row.acknowledge_by - row.received_at).days == 10


@pytest.mark.clause("addresses")
@pytest.mark.promise("JT-11")
def test_what_is_never_confirmed_goes_after_three_days(db: None) -> None:
    send()
    Request.objects.update(received_at=timezone.now() - timedelta(days=2, hours=23))
    retention_job.enforce()
    assert Request.objects.count() == 1
    Request.objects.update(received_at=timezone.now() - timedelta(days=3, hours=1))
    retention_job.enforce()
    assert Request.objects.count() == 0


@pytest.mark.parametrize("twist", ["", "x", "other"])
def test_a_forged_link_opens_nothing(db: None, twist: str) -> None:
    send()
    row = Request.objects.get()
    token = intake.token_of(row)
    forged = {"": row.public_id, "x": token + "x", "other": token.replace(token[0], "?", 1)}[twist]
    missing = Client().get(reverse("request_link", args=["nothing-at-all"]))
    answer = Client().get(reverse("request_link", args=[forged]))
    assert answer.status_code == missing.status_code == 404
    assert Client().post(
        reverse("request_link", args=[forged]), {"confirm": "1"}
    ).status_code == 404  # fmt: skip
    row.refresh_from_db()
    assert row.state == "unconfirmed"


def test_a_link_ends_ninety_days_after_the_answer(db: None) -> None:
    send()
    link = mailed_link()
    Client().post(link, {"confirm": "1"})
    intake.answer(Request.objects.get(), person("sam"), "Yes.")
    Request.objects.update(closed_at=timezone.now() - timedelta(days=89))
    assert Client().get(link).status_code == 200
    Request.objects.update(closed_at=timezone.now() - timedelta(days=91))
    assert Client().get(link).status_code == 404


def test_machines_are_thanked_and_ignored(db: None) -> None:
    page = Client().get(reverse("public_requests")).content.decode()
    assert 'name="website"' in page and "style=" not in page
    assert send(website="http://spam.example").status_code == 200
    assert (Request.objects.count(), Notice.objects.count()) == (0, 0)


def test_nobody_can_have_mail_sent_again_and_again(db: None) -> None:
    assert [send().status_code for _ in range(4)] == [200, 200, 200, 429]
    for number in range(2):  # the fourth counted against the sender too
        assert send(f"a{number}@elsewhere.example").status_code in {200, 429}
    assert send("another@elsewhere.example").status_code == 429


@pytest.mark.parametrize("form", [{"address": "nonsense"}, {"text": ""}, {"kind": ""}])
def test_bad_input_gets_a_sentence(db: None, form: dict[str, str]) -> None:
    assert send(**form).status_code == 422
    assert Request.objects.count() == 0


def test_who_is_leaving_may_still_ask(cast: Cast) -> None:
    assert cast.client("leaving").get(reverse("public_requests")).status_code == 200
