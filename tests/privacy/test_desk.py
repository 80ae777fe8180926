"""The desk in the admin: what is due first, each step one form, nothing without a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, User
from jamsite import roles
from privacy.models import AccessLogEntry, Erasure, Export, Notice, Request
from privacy.subject_requests import fulfilment, intake
from tests.cast import Cast
from tests.staff import REASON, member_of, open_page, signed_in
from tests.told import deliver

LIST = "admin:privacy_request_changelist"


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(member_of(roles.PRIVACY_OFFICER, "pia"))


def ask(cast: Cast, kind: str = "correct", text: str = "mark-words") -> Request:
    return fulfilment.file_and_serve(cast["owner"], kind, text=text)


def page_of(row: Request) -> str:
    return reverse("admin:privacy_request_change", args=[row.pk])


def act(client: Client, row: Request, deed: str, **words: str) -> Any:
    open_page(client, page_of(row), why="request")
    answer = client.post(reverse("admin:privacy_request_act", args=[row.pk, deed]), words)
    row.refresh_from_db()
    return answer


@pytest.mark.clause("requests")
@pytest.mark.promise("VJ-27")
def test_the_desk_shows_what_is_due_first_and_what_is_overdue(cast: Cast, officer: Client) -> None:
    rows = [ask(cast), ask(cast), ask(cast)]
    for row, days in zip(rows, (3, 12, 0), strict=True):
        moved = timezone.now() + timedelta(days=10 - days)
        Request.objects.filter(pk=row.pk).update(acknowledge_by=moved)
    listed = officer.get(reverse(LIST)).content.decode()
    places = [listed.index(row.reference) for row in (rows[1], rows[0], rows[2])]
    assert places == sorted(places)
    assert listed.count("overdue</strong>") == 1
    assert "mark-words" not in listed and "owner" not in listed
    late = officer.get(reverse(LIST) + "?standing=overdue").content.decode()
    assert [row.reference in late for row in rows] == [False, True, False]
    intake.answer(rows[1], None, "Done.")
    assert rows[1].reference not in officer.get(reverse(LIST)).content.decode()
    assert rows[1].reference in officer.get(reverse(LIST) + "?standing=closed").content.decode()


@pytest.mark.clause("requests")
def test_one_click_acknowledges_with_the_template(cast: Cast, officer: Client) -> None:
    rows = [ask(cast), ask(cast)]
    form = {"action": "acknowledge_with_template", "_selected_action": [row.pk for row in rows]}
    assert "Nothing was done yet" in officer.post(reverse(LIST), form).content.decode()
    assert officer.post(reverse(LIST), {**form, **REASON}).status_code == 302
    for row in rows:
        row.refresh_from_db()
        assert row.state == "acknowledged"
        assert "because" in row.steps.get(kind="acknowledged").text
    assert Notice.objects.exclude(title__startswith="Our staff looked").count() == 2


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-28", "JK-18")
def test_a_person_has_a_word_in_ten_days_and_a_written_reason_for_more(
    cast: Cast, officer: Client
) -> None:
    """From the form to the letter, on the pages of the person and of the staff."""
    client = cast.client("owner")
    form = {"kind": "correct", "text": "My town is spelled wrong in an old take."}
    assert client.post(reverse("requests"), form).status_code == 302
    row = Request.objects.get()
    assert row.acknowledge_by - row.received_at <= timedelta(days=10)
    page = reverse("request", args=[row.public_id])
    assert row.reference in client.get(page).content.decode()
    act(officer, row, "acknowledge", text="We look at it; the take has two owners.")
    assert "the take has two owners" in client.get(page).content.decode()
    due = row.answer_by
    act(officer, row, "extend", text="")
    assert row.answer_by == due  # no reason, no longer time
    act(officer, row, "extend", text="The other owner is away until March.")
    assert row.answer_by > due
    assert "The other owner is away until March." in client.get(page).content.decode()
    act(officer, row, "answer", text="It is spelled right now.")
    assert "It is spelled right now." in client.get(page).content.decode()
    deliver()
    letters = "\n".join(str(one.body) for one in mail.outbox if one.to == ["owner@mail.example"])
    for words in ("two owners", "away until March", "spelled right"):
        assert words in letters


@pytest.mark.clause("staff-looks")
def test_reading_a_request_is_a_look_too(cast: Cast, officer: Client) -> None:
    row = ask(cast)
    asked = officer.get(page_of(row)).content.decode()
    assert "mark-words" not in asked and f"To answer your request {row.reference}." in asked
    late = officer.post(
        reverse("admin:privacy_request_act", args=[row.pk, "answer"]), {"text": "x"}
    )
    row.refresh_from_db()
    assert (late.status_code, row.state) == (302, "open")  # no look, nothing done
    assert "mark-words" in open_page(officer, page_of(row)).content.decode()
    assert AccessLogEntry.objects.get().user == cast["owner"]


@pytest.mark.clause("correction")
@pytest.mark.promise("JT-10", "VJ-23")
def test_a_correction_changes_the_field_and_is_written_down(cast: Cast, officer: Client) -> None:
    row = ask(cast)
    profile = Profile.objects.get(user=cast["owner"])
    place = f"accounts.profile|{profile.pk}|bio"
    act(officer, row, "correct", place=place, value="mark-right")
    profile.refresh_from_db()
    assert profile.bio == "mark-right"
    step = row.steps.get(detail="corrected")
    assert (step.staff.username, step.text) == ("pia", "Corrected: Your profile: about you.")
    assert "mark-" not in step.text
    page = cast.client("owner").get(reverse("request", args=[row.public_id])).content.decode()
    assert "Corrected: Your profile: about you." in page


@pytest.mark.parametrize("field", ["accounts.user|{owner}|password", "accounts.user|{owner}|email",
                                   "accounts.profile|{other}|bio", "accounts.profile|1",
                                   "accounts.user|{owner}|state"])  # fmt: skip
def test_nothing_else_can_be_corrected(cast: Cast, officer: Client, field: str) -> None:
    row = ask(cast)
    other = Profile.objects.get(user=cast["stranger"])
    place = field.format(owner=cast["owner"].pk, other=other.pk)
    act(officer, row, "correct", place=place, value="mark-wrong")
    assert row.steps.filter(detail="corrected").count() == 0
    other.refresh_from_db()
    assert "mark-wrong" not in other.bio


def test_a_value_that_does_not_fit_is_refused(cast: Cast, officer: Client) -> None:
    row = ask(cast)
    place = f"accounts.user|{cast['owner'].pk}|username"
    for value in ("stranger", "no such name!", "x"):
        act(officer, row, "correct", place=place, value=value)
        assert User.objects.get(pk=cast["owner"].pk).username == "owner"
    assert row.steps.filter(detail="corrected").count() == 0


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-18", "JK-15")
def test_a_letter_is_taken_in_confirmed_by_its_asker_and_carried_out(
    cast: Cast, officer: Client
) -> None:
    form = {"kind": "delete", "address": "owner@mail.example", "text": "mark-letter"}
    added = officer.post(reverse("admin:privacy_request_add"), form)
    assert added.status_code == 302
    row = Request.objects.get()
    assert (row.channel, row.state, row.user) == ("staff", "unconfirmed", None)
    act(officer, row, "erase")
    assert Erasure.objects.count() == 0  # nobody has confirmed it
    intake.confirm(row)
    act(officer, row, "erase")
    assert Erasure.objects.get().user == cast["owner"]
    cast["owner"].refresh_from_db()
    assert cast["owner"].is_leaving
    act(officer, row, "answer", text="It is hidden now.")
    assert row.state == "answered"
    assert [step.kind for step in row.steps.order_by("pk")] == [
        "received", "confirmed", "done", "answered",
    ]  # fmt: skip


def test_identity_can_be_checked_in_another_way(cast: Cast, officer: Client) -> None:
    intake.file("access", channel="staff", address="old@mail.example", text="lost my address")
    row = Request.objects.get()
    act(officer, row, "copy")
    assert Export.objects.count() == 0
    named = {"text": "Named three recordings.", "method": "facts"}
    act(officer, row, "identity", **named, username="ghost")
    act(officer, row, "identity", text="Named three recordings.", username="Owner")
    assert row.identity == "none"
    act(officer, row, "identity", **named, username="Owner")
    assert (row.identity, row.state, row.user) == ("proof", "open", cast["owner"])
    act(officer, row, "copy")
    assert Export.objects.get().user == cast["owner"]


def test_a_refusal_says_why(cast: Cast, officer: Client) -> None:
    row = ask(cast)
    act(officer, row, "refuse", text="", ground="accurate")
    act(officer, row, "refuse", text="It was said by somebody else, who keeps it.")
    assert row.state == "open"
    act(officer, row, "refuse", text="It is right as it stands.", ground="accurate")
    assert row.state == "refused"


def test_support_answers_enquiries_and_sees_no_other_request(cast: Cast) -> None:
    support = signed_in(member_of(roles.SUPPORT, "sam"))
    secret, question = ask(cast), ask(cast, "enquiry", "mark-how-does-it-work")
    listed = support.get(reverse(LIST)).content.decode()
    assert question.reference in listed and secret.reference not in listed
    assert support.get(page_of(secret)).status_code == 302  # to the index: there is no such row
    assert support.post(
        reverse("admin:privacy_request_act", args=[secret.pk, "answer"]), {"text": "x"}
    ).status_code == 404  # fmt: skip
    act(support, question, "answer", text="Like this.")
    assert question.state == "answered"
    other = ask(cast, "enquiry")
    open_page(support, page_of(other))
    for deed in ("erase", "restrict", "correct", "copy", "stop", "identity", "lift"):
        answer = support.post(reverse("admin:privacy_request_act", args=[other.pk, deed]), {})
        assert answer.status_code == 403, deed


def test_others_do_nothing_at_the_desk(cast: Cast) -> None:
    row = ask(cast)
    for role in (roles.MODERATOR, roles.PARTNER_MANAGER, roles.ADMINISTRATOR):
        client = signed_in(member_of(role))
        assert client.get(reverse(LIST)).status_code == 403
        assert client.post(
            reverse("admin:privacy_request_act", args=[row.pk, "answer"]), {"text": "x"}
        ).status_code in {403, 404}  # fmt: skip
    row.refresh_from_db()
    assert row.state == "open"
