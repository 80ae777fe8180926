"""What people are told reaches them, once, and never what they may no longer see."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy import erasure, notices
from privacy.models import Notice
from privacy.tasks import expire
from tests.cast import Cast
from tests.told import deliver


def test_a_notice_stands_in_the_product_and_comes_by_mail(cast: Cast) -> None:
    notices.tell(cast["owner"], "safety", "A new sign-in", "From Ghent.", url="/settings/")
    deliver()
    [letter] = mail.outbox
    assert letter.to == ["owner@mail.example"]
    assert letter.subject == "[Jamsite] A new sign-in"
    assert "From Ghent." in letter.body and "http://127.0.0.1:8000/settings/" in letter.body
    page = cast.client("owner").get(reverse("notices")).content.decode()
    assert "A new sign-in" in page
    assert "A new sign-in" not in cast.client("stranger").get(reverse("notices")).content.decode()


def test_a_notice_without_mail_sends_none(cast: Cast) -> None:
    made = notices.tell(cast["owner"], "account", "Quiet", "", mail=False)
    deliver()
    assert mail.outbox == []
    assert made.status == Notice.Status.DONE


def test_what_is_new_is_marked_until_all_was_seen(cast: Cast) -> None:
    client = cast.client("owner")
    assert "nav__count" not in client.get(reverse("home")).content.decode()
    notices.tell(cast["owner"], "account", "Something", "", mail=False)
    assert "nav__count" in client.get(reverse("home")).content.decode()
    assert client.post(reverse("notices")).status_code == 302
    assert "nav__count" not in client.get(reverse("home")).content.decode()


def test_the_mail_asks_the_gate_again(cast: Cast) -> None:
    """Told of a recording that its owner closed meanwhile: nothing goes, nothing shows."""
    recording = cast.recordings["public"]
    notices.tell(cast["stranger"], "account", "mark-told", "", about=recording)
    recording.audience = "me"
    recording.save()
    deliver()
    assert mail.outbox == []
    client = cast.client("stranger")
    assert "mark-told" not in client.get(reverse("notices")).content.decode()
    recording.audience = "public"
    recording.save()
    assert "mark-told" in client.get(reverse("notices")).content.decode()


def test_who_is_leaving_hears_only_of_their_rights(cast: Cast) -> None:
    owner = cast["owner"]
    notices.tell(owner, "account", "Ordinary", "")
    notices.tell(owner, "rights", "You are leaving", "")
    erasure.request(owner)
    deliver()
    assert [letter.subject for letter in mail.outbox] == ["[Jamsite] You are leaving"]


def test_a_letter_to_somebody_without_account_leaves_no_row(db: None) -> None:
    notices.write("asker@mail.example", "rights", "Your request", "We have it.")
    deliver()
    assert [letter.to for letter in mail.outbox] == [["asker@mail.example"]]
    assert Notice.objects.count() == 0


def test_a_mail_server_that_is_down_delays_the_mail(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = notices.tell(cast["owner"], "account", "Patience", "")

    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with pytest.raises(ConnectionRefusedError):
        notices.run(made.pk)
    made.refresh_from_db()
    assert (made.status, made.error) == (Notice.Status.WAITING, "ConnectionRefusedError")
    monkeypatch.undo()
    Notice.objects.update(due_at=made.created_at)
    deliver()
    deliver()
    assert len(mail.outbox) == 1


def test_the_mail_is_tried_for_three_days(cast: Cast) -> None:
    made = notices.tell(cast["owner"], "account", "Patience", "")
    made.attempts = 50
    assert not made.fail("ConnectionRefusedError")
    assert made.status == Notice.Status.WAITING
    made.created_at, made.attempts = timezone.now() - timedelta(days=3.1), 50
    assert made.fail("ConnectionRefusedError")
    assert made.status == Notice.Status.FAILED


def test_many_are_told_with_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    people = [cast["owner"], cast["participant"], cast["stranger"]]
    with django_assert_num_queries(1):
        notices.tell_many(people, "rights", "All of you", "")
    deliver()
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "owner@mail.example", "participant@mail.example", "stranger@mail.example",
    ]  # fmt: skip


def test_the_privacy_home_has_its_doors(cast: Cast) -> None:
    page = cast.client("owner").get(reverse("privacy_home")).content.decode()
    for route in ("exports", "leave", "policy"):
        assert reverse(route) in page
    assert Client().get(reverse("privacy_home")).status_code == 302


def test_letters_to_the_address_of_somebody_erased_go_with_them(cast: Cast) -> None:
    notices.write("Owner@mail.example", "rights", "On its way", "")
    notices.write("other@mail.example", "rights", "Somebody else's", "")
    notices.tell(cast["owner"], "account", "Told", "")
    while notices.purge(cast["owner"], 500):
        pass
    assert [one.title for one in Notice.objects.all()] == ["Somebody else's"]


def test_a_letter_that_never_could_be_sent_is_forgotten_after_three_days(cast: Cast) -> None:
    old = notices.write("old@mail.example", "rights", "Old", "")
    young = notices.write("young@mail.example", "rights", "Young", "")
    told = notices.tell(cast["owner"], "account", "Told", "")
    days = timedelta(days=1)
    Notice.objects.filter(pk__in=[old.pk, told.pk]).update(created_at=timezone.now() - 3.1 * days)
    Notice.objects.filter(pk=young.pk).update(created_at=timezone.now() - 2.9 * days)
    expire()
    assert set(Notice.objects.all()) == {young, told}


def test_the_queue_may_be_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from privacy.tasks import run_notice

    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(run_notice, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        notices.tell(cast["owner"], "account", "Later", "")
    deliver()
    assert len(mail.outbox) == 1
