"""Legal holds: what the law keeps stays for its time, and nothing beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Message
from privacy import datamap, erasure
from privacy.erasure import actions, holds, leave_links, steps
from privacy.models import Erasure, LegalHold
from tests.cast import BACKEND, PASSWORD, Cast
from tests.leaving import end, let_pass
from tests.privacy.canaries import Canary
from tests.privacy.traces import everywhere, found
from tests.staff import REASON
from tests.told import deliver


def held(user: User, *fields: str, **values: Any) -> LegalHold:
    about = {"reason": "an open claim", "basis": "art. 17(3)(e) GDPR",
             "ends_at": timezone.now() + timedelta(days=40), **values}  # fmt: skip
    return LegalHold.objects.create(user=user, fields=list(fields), **about)


def purge(user: User) -> Erasure:
    row = end(let_pass(erasure.open_erasure(user) or erasure.request(user)))
    deliver()
    row.refresh_from_db()
    return row


@pytest.mark.clause("legal-holds")
@pytest.mark.promise("JK-19")
@pytest.mark.parametrize(
    ("field", "mark"),
    [("accounts.user.email", "mail"), ("messaging.message.text", "message"),
     ("sessions_app.stem.file", "stem"), ("accounts.profile.bio", "bio")],
)  # fmt: skip
def test_the_named_field_stays_alone_and_goes_when_the_hold_ends(
    db: None, field: str, mark: str
) -> None:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    marks, theirs = one.marks(), other.marks()
    hold = held(one.user, field)
    row = purge(one.user)
    assert (row.stage, row.due_at) == ("held", hold.ends_at)
    kept = found(marks, everywhere())
    stayed = {name for name in kept if name.startswith(one.code)}
    reasons = {one.mark("why"), one.mark("law")}  # of a hold that has ended, kept with the others
    inside = {one.mark("name")} if mark == "stem" else set()  # the cast's sound says whose it is
    assert stayed - reasons == {one.mark(mark)} | inside
    assert set(found(theirs, everywhere())) == theirs
    assert not Client().login(username=one.user.username, password=PASSWORD)

    LegalHold.objects.filter(pk=hold.pk).update(
        begins_at=timezone.now() - timedelta(days=9), ends_at=timezone.now()
    )
    row = purge(one.user)
    assert row.stage == "erased"
    assert found({*marks, one.code}, everywhere()) == {}
    assert set(found(theirs, everywhere())) == theirs


@pytest.mark.clause("legal-holds")
@pytest.mark.promise("JK-19")
def test_the_person_reads_what_is_kept_why_and_until_when(cast: Cast) -> None:
    hold = held(cast["owner"], "accounts.user.email")
    secret = held(cast["owner"], "accounts.user.username", reason="hush", may_be_told=False)
    client = cast.client("owner")
    page = client.get(reverse("leave")).content.decode()
    for item in datamap.held():
        if item.erase is datamap.Erase.KEEP and item.purposes:
            assert item.kept in page
    assert hold.reason in page
    assert hold.basis in page
    assert hold.ends_at.date().isoformat() in page
    assert secret.reason not in page
    client.post(reverse("leave"), {"password": PASSWORD})
    row = Erasure.objects.get(user=cast["owner"])
    page = Client().get(leave_links.of_erasure(row)).content.decode()
    assert (hold.reason in page, secret.reason in page) == (True, False)


@pytest.mark.clause("legal-holds")
def test_two_holds_end_one_after_the_other(cast: Cast) -> None:
    first = held(cast["owner"], "accounts.profile.bio", ends_at=timezone.now() + timedelta(days=5))
    second = held(cast["owner"], "accounts.user.email")
    row = purge(cast["owner"])
    assert row.due_at == first.ends_at
    assert holds.lift(first) is True
    assert holds.lift(first) is False
    row = purge(cast["owner"])
    assert (row.stage, row.due_at) == ("held", second.ends_at)
    assert not hasattr(User.objects.get(pk=cast["owner"].pk), "profile")
    holds.lift(second)
    row.refresh_from_db()
    assert row.due_at <= timezone.now()  # the sweeper takes it up at once
    assert purge(cast["owner"]).stage == "erased"


@pytest.mark.clause("legal-holds")
def test_a_conversation_that_was_held_leaves_no_empty_shell(cast: Cast) -> None:
    talk = cast.conversation("owner", "stranger")
    Message.objects.create(
        conversation=talk,
        author=cast["owner"],
        text="x",
        ref="7b1f2c1e-54f1-4d42-9b4a-1c9f9b7f0a11",
    )
    hold = held(cast["owner"], "messaging.message.text")
    purge(cast["owner"])
    assert Message.objects.get(conversation=talk).text == "x"
    purge(cast["stranger"])
    holds.lift(hold)
    purge(cast["owner"])
    assert not Conversation.objects.filter(pk=talk.pk).exists()


def test_files_beside_the_held_field_go(cast: Cast) -> None:
    name = cast["owner"].stems.first()
    assert name is not None
    held(cast["owner"], "sessions_app.stem.gain")
    purge(cast["owner"])
    assert not default_storage.exists(name.file.name)
    stem = cast["owner"].stems.get(pk=name.pk)
    assert (stem.file.name, stem.gain, stem.frames) == ("", 1.0, None)


@pytest.mark.clause("legal-holds")
def test_staff_with_the_right_set_and_lift_them(cast: Cast) -> None:
    from django.contrib.auth.models import Group

    add = reverse("admin:privacy_legalhold_add")
    officer = User.objects.create_user("officer", "officer@mail.example", PASSWORD, is_staff=True)
    client = Client()
    client.force_login(officer, backend=BACKEND)
    assert client.get(add).status_code == 403
    officer.groups.add(Group.objects.get(name="Privacy officer"))
    good = {
        "account": "owner", "fields": '["accounts.user.email"]', "reason": "an open claim",
        "basis": "art. 17(3)(e)", "ends_at_0": "2099-01-01", "ends_at_1": "00:00",
        "may_be_told": "on",
    }  # fmt: skip
    bad: list[dict[str, str]] = [
        {"account": "nobody"}, {"fields": '["accounts.user.shoes"]'}, {"fields": "[]"},
        {"fields": "{}"}, {"reason": ""}, {"basis": ""}, {"ends_at_0": "2020-01-01"},
        {"ends_at_0": ""},
    ]  # fmt: skip
    for change in bad:
        assert client.post(add, {**good, **change}).status_code == 200
    assert LegalHold.objects.count() == 0
    assert client.post(add, good).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.user, hold.set_by, hold.fields) == (
        cast["owner"],
        officer,
        ["accounts.user.email"],
    )
    listed = reverse("admin:privacy_legalhold_changelist")
    client.post(listed, {"action": "lift", "_selected_action": [hold.pk], **REASON})
    hold.refresh_from_db()
    assert hold.lifted_at is not None


def test_every_personal_field_can_be_emptied() -> None:
    """A hold on one field empties all others of its row: each kind of column must have a way."""
    for item in datamap.held():
        if item.subjects:
            for name, column in steps._columns(item.model).items():
                if item.fields[name].personal and not column.is_relation:
                    if actions.needs_one_each(column):
                        assert actions.tombstone(column) != actions.tombstone(column)
                    else:
                        actions.emptied(column)
