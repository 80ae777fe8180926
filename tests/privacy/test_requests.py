"""Requests from settings: what needs nobody happens at once, the rest is tracked and answered."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile
from integrations.boundary import disclose
from privacy import consent, erasure
from privacy.consent import purposes
from privacy.consent.purposes import Purpose, Text
from privacy.datamap import Basis, retention_job
from privacy.gate.access import visible
from privacy.gate.viewer import NOBODY
from privacy.models import Disclosure, Export, Notice, Request, RequestStep
from privacy.portability import export
from privacy.subject_requests import alarms, fulfilment, intake
from sessions_app.models import Recording
from tests.cast import Cast, person
from tests.told import deliver

LONG = "We must ask three other musicians for their view first."


def steps(row: Request) -> list[tuple[str, str]]:
    return list(row.steps.order_by("pk").values_list("kind", "by"))


def shift(row: Request, **time: float) -> None:
    """Make a request older."""
    moved = timedelta(**time)
    Request.objects.filter(pk=row.pk).update(
        received_at=row.received_at - moved, acknowledge_by=row.acknowledge_by - moved,
        answer_by=row.answer_by - moved,
    )  # fmt: skip
    row.refresh_from_db()


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-18")
def test_a_request_is_tracked_with_its_date_until_it_is_answered(cast: Cast) -> None:
    client = cast.client("owner")
    made = client.post(reverse("requests"), {"kind": "delete", "text": "mark-that-old-thing"})
    row = Request.objects.get()
    assert made["Location"] == reverse("request", args=[row.public_id])
    assert (row.state, row.identity, row.user) == ("open", "signed in", cast["owner"])
    page = client.get(made["Location"]).content.decode()
    assert row.reference in page and "mark-that-old-thing" in page and "answered by" in page
    staff = person("pia")
    intake.acknowledge(row, staff)
    intake.note(row, staff, "mark-among-us")
    intake.ask(row, staff, "Which one?")
    intake.reply(row, "The green one.")
    intake.answer(row, staff, "It is gone.")
    page = client.get(made["Location"]).content.decode()
    assert "Which one?" in page and "The green one." in page and "It is gone." in page
    assert "mark-among-us" not in page and "pia" not in page
    deliver()
    assert [letter.subject.split(" request ")[0] for letter in mail.outbox] == [
        "[Jamsite] We are working on your", "[Jamsite] A question about your",
        "[Jamsite] The answer to your",
    ]  # fmt: skip
    assert {letter.to[0] for letter in mail.outbox} == {"owner@mail.example"}
    assert steps(row) == [
        ("received", "person"), ("acknowledged", "staff"), ("note", "staff"), ("asked", "staff"),
        ("replied", "person"), ("answered", "staff"),
    ]  # fmt: skip


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-28")
def test_a_copy_is_made_and_the_request_answered_when_it_is_there(cast: Cast) -> None:
    cast.client("owner").post(reverse("requests"), {"kind": "access"})
    row = Request.objects.get()
    assert row.state == "open"
    assert fulfilment.answer_copies() == 0
    export.run(Export.objects.get(user=cast["owner"]).pk)
    assert fulfilment.answer_copies() == 1
    assert fulfilment.answer_copies() == 0
    row.refresh_from_db()
    assert row.state == "answered"
    page = cast.client("owner").get(reverse("request", args=[row.public_id])).content.decode()
    assert reverse("exports") in page


@pytest.mark.clause("know-report")
@pytest.mark.promise("JK-26", "JK-28")
def test_the_report_tells_categories_values_sources_purposes_and_recipients(
    cast: Cast, settings: Any
) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example"], "s" * 32
    for name in ("owner", "stranger"):
        with disclose("relay", [cast[name].pk], ("user.device.ip_address",), "jamming"):
            pass
    old = Disclosure.objects.create(
        user=cast["owner"], provider="x", recipient="mark-long-ago", basis="contract",
        categories=["user.account"], purpose="account",
    )  # fmt: skip
    Disclosure.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=370))
    aged = cast.recordings["me"]
    Recording.objects.filter(pk=aged.pk).update(created_at=timezone.now() - timedelta(days=370))
    client = cast.client("owner")
    client.post(reverse("requests"), {"kind": "know"})
    row = Request.objects.get()
    assert (row.state, row.law) == ("answered", "ccpa")
    path = reverse("request_report", args=[row.public_id])
    page = client.get(path).content.decode()
    for text in ("user.contact.email", "owner@mail.example", "mark-bio-owner",
                 "to know you when you come back", "relay.example (1×)", "nobody outside",
                 "mark-title-owner-public"):  # fmt: skip
        assert text in page, text
    assert "mark-long-ago" not in page and "mark-bio-stranger" not in page
    answer: Any = client.get(path + "?file=1")
    told = json.loads(b"".join(answer.streaming_content))
    assert told["received_by"] == [
        {"category": "user.device.ip_address", "recipient": "relay.example", "times": 1}
    ]
    assert told["sold"] == []
    values = {
        (one["what"], value["field"]): value for one in told["collected"] for value in one["values"]
    }
    email = values["Your account", "email"]
    assert (email["value"], email["category"], email["source"]) == (
        "owner@mail.example", "user.contact.email", "you",
    )  # fmt: skip
    assert email["purposes"] == ["account", "publishing"] or "account" in email["purposes"]
    text = json.dumps(told)
    assert aged.title not in text and cast.recordings["public"].title in text
    assert "@stranger" not in text and '"stranger"' not in text


@pytest.mark.clause("know-report")
@pytest.mark.promise("JK-28")
def test_a_report_is_free_and_there_is_another_one_the_next_day(cast: Cast) -> None:
    client = cast.client("owner")
    for _ in range(3):
        assert client.post(reverse("requests"), {"kind": "know"}).status_code == 302
    assert Request.objects.filter(state="answered").count() == 3
    for word in ("price", "fee", "pay"):
        assert f" {word} " not in client.get(reverse("requests")).content.decode()


@pytest.mark.clause("restriction")
@pytest.mark.promise("JK-18")
def test_a_restriction_keeps_the_data_and_stops_its_use(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        purposes._purposes, "tips",
        Purpose("tips", "Tips", Basis.CONSENT, (Text(1, "tips"),), "tips stop"),
    )  # fmt: skip
    owner, client = cast["owner"], cast.client("owner")
    consent.give(owner, "tips", channel="settings")
    assert consent.has(owner, "tips")
    public = cast.recordings["public"]
    assert public in visible(Recording, NOBODY)
    client.post(reverse("requests"), {"kind": "restrict", "text": "That title is not mine."})
    owner.refresh_from_db()
    assert owner.restricted
    # hidden from others, not from oneself, and not from those who play on it
    assert public not in visible(Recording, NOBODY)
    assert public in visible(Recording, cast.viewer("owner"))
    assert public in visible(Recording, cast.viewer("participant"))
    assert cast.client("stranger").get(public.get_absolute_url()).status_code == 404
    # nothing optional
    assert not consent.has(owner, "tips")
    assert owner not in consent.willing("tips")
    # nothing of it is deleted by a period
    Disclosure.objects.create(user=owner, provider="x", recipient="x", categories=[],
                              purpose="account", basis="contract")  # fmt: skip
    Disclosure.objects.update(at=timezone.now() - timedelta(days=1000))
    retention_job.enforce()
    assert Disclosure.objects.count() == 1
    page = client.get(reverse("requests")).content.decode()
    assert "Your data is restricted" in page
    assert client.post(reverse("lift_restriction")).status_code == 302
    owner.refresh_from_db()
    assert not owner.restricted and consent.has(owner, "tips")
    assert public in visible(Recording, NOBODY)
    retention_job.enforce()
    assert Disclosure.objects.count() == 0
    row = Request.objects.get()
    assert list(row.steps.exclude(detail="").values_list("detail", flat=True)) == [
        "restricted", "lifted",
    ]  # fmt: skip


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-18")
def test_an_objection_stops_the_use_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        purposes._purposes, "tips",
        Purpose("tips", "Tips", Basis.INTEREST, (Text(1, "tips"),), "tips stop"),
    )  # fmt: skip
    client = cast.client("owner")
    assert consent.has(cast["owner"], "tips")
    client.post(reverse("requests"), {"kind": "object", "purpose": "tips"})
    assert not consent.has(cast["owner"], "tips")
    assert consent.has(cast["stranger"], "tips")
    assert Request.objects.get().state == "answered"


def test_a_form_that_lacks_words_says_so_and_files_nothing(cast: Cast) -> None:
    client = cast.client("owner")
    for form in ({}, {"kind": "correct"}, {"kind": "delete", "text": " "}, {"kind": "object"},
                 {"kind": "fly"}, {"kind": "correct", "text": "x" * 4001}):  # fmt: skip
        assert client.post(reverse("requests"), form).status_code == 422
    assert Request.objects.count() == 0


def test_a_request_can_be_taken_back(cast: Cast) -> None:
    client = cast.client("owner")
    client.post(reverse("requests"), {"kind": "correct", "text": "my bio"})
    row = Request.objects.get()
    client.post(reverse("write_request", args=[row.public_id]), {"withdraw": "1"})
    row.refresh_from_db()
    assert (row.state, row.closed_at is not None) == ("withdrawn", True)
    with pytest.raises(intake.NotNow):
        intake.answer(row, person("pia"), "too late")


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-28", "VJ-27")
def test_the_answer_is_put_off_once_for_a_reason_that_is_sent_in_time(cast: Cast) -> None:
    staff = person("pia")
    row = fulfilment.file_and_serve(cast["owner"], "correct", text="my bio")
    due = row.answer_by
    with pytest.raises(intake.NotNow):
        intake.extend(row, staff, "busy")
    row = intake.extend(row, staff, LONG)
    assert (row.answer_by - due).days in range(59, 63)
    deliver()
    assert LONG in mail.outbox[-1].body
    with pytest.raises(intake.NotNow):
        intake.extend(row, staff, LONG)
    late = fulfilment.file_and_serve(cast["owner"], "correct", text="my status")
    shift(late, days=31)
    with pytest.raises(intake.NotNow):
        intake.extend(late, staff, LONG)
    late.refresh_from_db()
    assert late.extended_at is None


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-28")
def test_the_first_word_says_why_it_takes_longer_and_until_when(cast: Cast) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "delete", text="one comment")
    intake.acknowledge(row, person("pia"))
    said = row.steps.get(kind="acknowledged").text
    assert "because" in said and str(row.answer_by.year) in said


@pytest.mark.clause("requests")
@pytest.mark.promise("VJ-27")
def test_what_is_due_raises_one_alarm_each(cast: Cast, settings: Any) -> None:
    settings.CONTACT_EMAIL = "desk@jamsite.example"
    row = fulfilment.file_and_serve(cast["owner"], "correct", text="mark-secret-words")
    calm = fulfilment.file_and_serve(cast["owner"], "correct", text="my bio")
    assert alarms.watch() == 0
    found = []
    for days in (8, 3, 16, 4):  # first word due, overdue; answer due, overdue
        shift(row, days=days)
        found.append(alarms.watch())
        assert alarms.watch() == 0
    assert found == [1, 1, 1, 1] or sum(found) >= 4
    deliver()
    text = "\n".join(str(letter.body) for letter in mail.outbox)
    assert {letter.to[0] for letter in mail.outbox} == {"desk@jamsite.example"}
    assert row.reference in text and calm.reference not in text
    assert "owner" not in text and "mark-secret-words" not in text
    intake.answer(row, person("pia"), "Done.")
    shift(row, days=400)
    assert alarms.watch() == 0


@pytest.mark.clause("requests")
def test_steps_are_only_added(cast: Cast) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "correct", text="my bio")
    for change in ({"kind": "answered"}, {"text": "other words"}, {"at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestStep.objects.filter(request=row).update(**change)


@pytest.mark.clause("requests")
@pytest.mark.promise("JK-28")
def test_nothing_is_withheld_from_who_used_a_right(cast: Cast) -> None:
    """The same pages, the same answers, the same limits, before and after five requests."""
    client = cast.client("stranger")
    paths = [reverse(name) for name in ("home", "recordings", "jams", "conversations", "settings")]
    paths += [cast.recordings["public"].get_absolute_url(), cast.sessions["public"]
              .get_absolute_url()]  # fmt: skip

    def met() -> list[tuple[int, int]]:
        return [
            (client.get(path).status_code, client.get(path).content.count(b"<button"))
            for path in paths
        ]

    before = met()
    for kind in ("access", "know", "correct", "delete", "enquiry"):
        form = {"kind": kind, "text": "something of mine"}
        assert client.post(reverse("requests"), form).status_code == 302
    Notice.objects.all().delete()
    assert met() == before
    made = client.post(reverse("create_jam"), {"title": "after", "audience": "public"})
    assert made.status_code == 302 and "/jam" in made["Location"]
    cast["stranger"].refresh_from_db()
    assert cast["stranger"].is_present and not cast["stranger"].restricted


def test_who_is_erased_leaves_a_request_without_words(cast: Cast) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "delete", text="mark-all-of-it")
    intake.reply(row, "mark-please")
    made = erasure.request(cast["owner"])
    type(made).objects.filter(pk=made.pk).update(due_at=timezone.now())
    erasure.run(made.pk)
    row.refresh_from_db()
    assert (row.user, row.text, row.address, row.kind) == (None, "", "", "delete")
    assert set(row.steps.values_list("text", flat=True)) == {""}
    assert row.steps.count() == 2


def test_requests_go_three_years_after_they_were_answered(cast: Cast) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "know")
    Request.objects.filter(pk=row.pk).update(closed_at=timezone.now() - timedelta(days=1094))
    retention_job.enforce()
    assert Request.objects.count() == 1
    Request.objects.filter(pk=row.pk).update(closed_at=timezone.now() - timedelta(days=1096))
    retention_job.enforce()
    assert (Request.objects.count(), RequestStep.objects.count()) == (0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        fulfilment.file_and_serve(cast["owner"], "correct", text="my bio")
    client = cast.client("owner")
    with django_assert_num_queries(3):  # web session, person, requests
        client.get(reverse("requests"))
    path = reverse("request", args=[Request.objects.all()[0].public_id])
    with django_assert_num_queries(4):  # and its steps
        client.get(path)


@pytest.mark.clause("correction")
@pytest.mark.promise("VJ-23", "JT-10")
def test_a_correction_is_made_by_the_person_in_settings(cast: Cast) -> None:
    form = {"bio": "right at last", "bio_audience": "public", "status": "", "status_audience": "me",
            "photo_audience": "me"}  # fmt: skip
    assert cast.client("owner").post(reverse("edit_profile"), form).status_code == 302
    assert Profile.objects.get(user=cast["owner"]).bio == "right at last"
