"""Who is erased goes from the desk's words too: by every address and name they ever had."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.identity.services import addresses
from accounts.models import User
from privacy import erasure
from privacy.erasure import purging
from privacy.models import Erasure, NewsReader, Request, RequestStep
from privacy.subject_requests import fulfilment, intake
from tests.cast import Cast
from tests.privacy.traces import found, rows
from tests.told import deliver


def leaves(user: User) -> None:
    row = erasure.request(user)
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.error) == ("erased", "")
    deliver()


def asked(address: str, text: str = "mark-asked") -> Request:
    """Ask from an address, and open the link that was mailed there."""
    made = intake.file("enquiry", channel=Request.Channel.WEB, address=address, text=text)
    return intake.confirm(made)


def left(*marks: str) -> dict[str, set[str]]:
    return found(set(marks), list(rows()))


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "VJ-19")
def test_what_was_asked_from_an_address_that_was_confirmed_later_goes(cast: Cast) -> None:
    row = asked("later@mail.example")
    NewsReader.objects.create(address="later@mail.example", confirmed_at=timezone.now(), form="x")
    EmailAddress.objects.create(user=cast["owner"], email="later@mail.example", verified=True)
    leaves(cast["owner"])
    row.refresh_from_db()
    assert (row.address, row.text, row.state) == ("", "", "open")
    assert left("later@mail.example", "mark-asked") == {}


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "VJ-19")
def test_who_proved_a_mailbox_that_another_only_claims_gets_their_answer_first(cast: Cast) -> None:
    """Entering somebody's address and leaving would else do away with their request."""
    closed, open_one = asked("claimed@mail.example"), asked("claimed@mail.example")
    intake.answer(closed, cast["stranger"], "mark-answer")
    EmailAddress.objects.create(user=cast["owner"], email="claimed@mail.example", verified=False)
    leaves(cast["owner"])
    closed.refresh_from_db()
    open_one.refresh_from_db()
    assert (closed.address, closed.text) == ("", "")
    assert (open_one.address, open_one.text) == ("claimed@mail.example", "mark-asked")
    intake.answer(open_one, cast["stranger"], "Here it is.")
    deliver()
    assert left("claimed@mail.example", "mark-asked", "mark-answer", "Here it is.") == {}


@pytest.mark.clause("leaving")
def test_an_address_that_is_somebody_elses_now_is_left_alone(cast: Cast) -> None:
    row = asked("stranger@mail.example")
    Request.objects.filter(pk=row.pk).update(user=None)
    reader = NewsReader.objects.create(address="stranger@mail.example", form="x")
    EmailAddress.objects.create(user=cast["owner"], email="stranger@mail.example", verified=False)
    addresses.remember(cast["owner"], "stranger@mail.example")
    leaves(cast["owner"])
    row.refresh_from_db()
    assert (row.address, row.text) == ("stranger@mail.example", "mark-asked")
    assert NewsReader.objects.filter(pk=reader.pk).exists()


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
@pytest.mark.parametrize("written", ["owner", " @Owner ", "https://jam.example/@owner/?as=x"])
def test_a_report_on_the_person_goes_with_them(cast: Cast, written: str) -> None:
    row = intake.report_child(written, "mark-report", "stranger@mail.example")
    assert row.about == cast["owner"]
    intake.note(row, cast["stranger"], "mark-note")
    old = intake.report_child("nobody", "x")  # of a time when reports were not tied to accounts
    Request.objects.filter(pk=old.pk).update(text=f"{written.strip()}\n\nmark-old")
    leaves(cast["owner"])
    assert left("mark-report", "mark-note", "mark-old", "@owner") == {}
    row.refresh_from_db()
    assert (row.state, row.about) == ("open", None)


@pytest.mark.clause("leaving")
def test_a_report_by_the_person_is_still_looked_into(cast: Cast) -> None:
    """A child is looked after whoever reported it, and leaves since."""
    row = intake.report_child("participant", "mark-report", "owner@mail.example")
    leaves(cast["owner"])
    row.refresh_from_db()
    assert (row.address, row.about, row.state) == ("", cast["participant"], "open")
    assert "mark-report" in row.text
    intake.answer(row, cast["stranger"])
    assert left("mark-report") == {}


@pytest.mark.clause("leaving")
def test_others_who_quote_a_person_keep_their_words_without_the_name(cast: Cast) -> None:
    said = "Who is @owner (owner@mail.example)? Not @owners, nor @owner-2, nor the owner."
    row = fulfilment.file_and_serve(cast["stranger"], "enquiry", text=said)
    intake.reply(row, "It is @OWNER.")
    leaves(cast["owner"])
    row.refresh_from_db()
    assert row.text == "Who is [erased] ([erased])? Not @owners, nor @owner-2, nor the owner."
    assert [one.text for one in RequestStep.objects.filter(request=row, kind="replied")] == [""]


@pytest.mark.clause("leaving")
def test_what_the_purge_looks_for_goes_with_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = erasure.request(cast["owner"])
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    seen: list[Any] = []
    real = purging._forget_account

    def watched(one: Erasure) -> bool:
        seen.append(Erasure.objects.get(pk=one.pk).known_by)
        return real(one)

    monkeypatch.setattr(purging, "_forget_account", watched)
    erasure.run(row.pk)
    row.refresh_from_db()
    assert b"owner" not in bytes(seen[0]) and len(seen[0]) > 50
    assert (row.stage, row.known_by, row.undo, row.contact) == ("erased", None, None, None)
