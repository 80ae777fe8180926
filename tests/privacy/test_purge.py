"""The purge: one table of ways, as many queries for many as for few, and no way back in."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile, User
from messaging import services as messaging
from messaging.models import Message
from privacy import erasure, notices
from privacy.erasure import leave_links, leaving, ledger, purging, states
from privacy.erasure import steps as planned
from privacy.models import Erasure, ErasureEvent, Export, Notice
from sessions_app.models import ChatLine, Invite, Mix, Recording, Stem
from sessions_app.services import chat, rendering, uploads
from sessions_app.services import sessions as jams
from tests.cast import BACKEND, PASSWORD, Cast, person, recorded
from tests.entering import sign_up
from tests.leaving import due, end, let_pass
from tests.told import deliver

S = Erasure.Stage


def purge(user: User) -> Erasure:
    return end(due(user))


@pytest.mark.clause("leaving")
def test_only_the_ways_of_the_table_lead_on(db: None) -> None:
    walked = set()
    for at in S:
        for to in S:
            row = Erasure.objects.create(stage=at)
            if states.move(row, to):
                walked.add((str(at), str(to)))
            row.refresh_from_db()
            assert row.stage == (to if (at, to) in walked else at)
    assert walked == {
        ("requested", "hidden"), ("hidden", "grace"), ("hidden", "purging"), ("grace", "purging"),
        ("hidden", "cancelled"), ("grace", "cancelled"), ("purging", "held"),
        ("held", "purging"), ("purging", "erased"), ("erased", "expired"),
    }  # fmt: skip


@pytest.mark.clause("leaving")
def test_every_stage_is_written_down_once_and_nothing_is_left_unsettled(cast: Cast) -> None:
    row = erasure.request(cast["owner"])
    assert leaving.unsettled() == [row.pk]
    leaving.settle(row.pk)
    leaving.settle(row.pk)
    assert leaving.unsettled() == []
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now())
    erasure.run(row.pk)
    Erasure.objects.filter(pk=row.pk).update(backups_expire_at=timezone.now())
    erasure.expire_backups()
    told = ErasureEvent.objects.filter(erasure=row).order_by("pk").values_list("stage", flat=True)
    assert list(told) == ["hidden", "grace", "purging", "erased", "expired"]


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
def test_what_waits_in_queues_and_links_ends_with_the_hiding(cast: Cast) -> None:
    owner = cast["owner"]
    copy = Export.objects.create(user=owner)
    notices.tell(owner, "account", "Told", "later")
    invite = jams.invite(cast.sessions["participants"], owner)
    erasure.request(owner)
    copy.refresh_from_db()
    invite.refresh_from_db()
    assert copy.status == "cancelled"
    assert set(Notice.objects.filter(user=owner).values_list("status", flat=True)) == {"cancelled"}
    assert invite.revoked_at is not None
    assert Invite.objects.filter(made_by=owner, revoked_at=None).count() == 0


def _life(name: str, things: int) -> User:
    """Return somebody with this many of everything that comes in numbers."""
    one, other = person(name), person(f"{name}-friend")
    for number in range(things):
        take = recorded(one, [one, other], audience="public")
        recorded(one, [one], audience="me")
        assert take.session is not None
        chat.say(take.session, one, text=f"line {number}", ref=str(uuid.uuid4()))
        talk = messaging.conversation_between(one, person(f"{name}-{number}"))
        messaging.write(talk, one, text="x", ref=str(uuid.uuid4()))
        notices.tell(one, "account", "Told", "it", mail=False)
        Export.objects.create(user=one, status="done")
    return one


@pytest.mark.clause("leaving")
def test_a_batch_takes_as_many_queries_for_many_as_for_few(db: None) -> None:
    counts = []
    for name, things in (("few", 2), ("many", 5)):
        row = due(_life(name, things))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            erasure.run(row.pk)
        row.refresh_from_db()
        assert row.stage == "erased"
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.clause("leaving")
def test_small_batches_end_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    row = purge(cast["owner"])
    assert (row.stage, row.steps["sessions_app.stem"]) == ("erased", 3)


# Late writers -----------------------------------------------------------------------------


@pytest.mark.clause("leaving")
def test_who_writes_after_the_purge_is_refused(cast: Cast) -> None:
    owner, jam = cast["owner"], cast.sessions["public"]
    talk = cast.conversation("owner", "participant")
    stem = Stem.objects.filter(player=owner).first()
    assert stem is not None
    mix = Mix.objects.filter(recording=cast.recordings["public"]).get()
    purge(owner)
    late: list[Any] = [
        lambda: ChatLine.objects.create(session=jam, author=owner, ref=uuid.uuid4(), text="late"),
        lambda: Message.objects.create(
            conversation=talk, author=owner, ref=uuid.uuid4(), text="late"
        ),
        lambda: Notice.objects.create(user_id=owner.pk, kind="account", title="late"),
        lambda: Export.objects.create(user_id=owner.pk),
        lambda: Profile.objects.create(user_id=owner.pk),
    ]
    for write in late:
        with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
            write()
            connection.check_constraints()
    with pytest.raises(Exception, match="no more chunks"):
        uploads.store_chunk(stem, 0, b"late", __import__("hashlib").sha256(b"late").hexdigest())
    rendering.run(mix.pk)
    folders = {name: default_storage.listdir(name)[1] for name in ("mixes", "stems")}
    assert [name for name in folders["stems"] if stem.public_id in name] == []
    assert [name for name in folders["mixes"] if mix.public_id in name] == []
    assert not default_storage.exists(f"chunks/{stem.public_id}") or default_storage.listdir(
        f"chunks/{stem.public_id}"
    ) == ([], [])


@pytest.mark.clause("leaving")
def test_what_is_written_between_the_steps_and_the_end_goes_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that finishes in the last moment: the purge looks once more, files included."""
    real = purging._forget_account
    written: list[str] = []

    def late(row: Erasure) -> bool:
        if not written:
            profile = Profile.objects.create(user=cast["owner"], bio="late")
            profile.photo.save("late.webp", ContentFile(b"late"))
            written.append(profile.photo.name)
        return real(row)

    monkeypatch.setattr(purging, "_forget_account", late)
    assert purge(cast["owner"]).stage == "erased"
    assert [default_storage.exists(name) for name in written] == [False]


@pytest.mark.clause("leaving")
def test_who_never_stops_writing_delays_the_end_and_does_not_win(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = due(cast["owner"])
    real = purging._forget_account

    def always(erasure_row: Erasure) -> bool:
        notices.tell(cast["owner"], "account", "again", "and again")
        return real(erasure_row)

    with monkeypatch.context() as patch:
        patch.setattr(purging, "_forget_account", always)
        with pytest.raises(purging.StillWritten):
            erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.status, row.error) == ("purging", "waiting", "StillWritten")
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now())
    erasure.run(row.pk)
    row.refresh_from_db()
    assert row.stage == "erased"


def test_every_reference_to_a_person_has_a_step_or_lets_go() -> None:
    """No foreign key to an account may stop its end: each is a step's, or may be empty."""
    from django.db.models import CASCADE, SET_NULL

    stepped = {item.model for item in erasure.declared()}
    named = {one.name for one in planned.steps({})}
    for model, column in planned.references(CASCADE):
        assert model in stepped or f"{model._meta.label_lower}.{column}" in named, (model, column)
    for model, column in planned.references(SET_NULL):
        assert model._meta.get_field(column).null, (model, column)
    known = {*planned.references(CASCADE), *planned.references(SET_NULL)}
    relations: Any = User._meta.get_fields(include_hidden=True)
    every = {
        (one.related_model, one.field.name)
        for one in relations
        if one.auto_created
        and (one.one_to_many or one.one_to_one)
        and one.related_model._meta.managed  # views hold nothing of their own
    }
    assert every == known


def test_staff_who_leave_let_go_of_what_they_did(cast: Cast) -> None:
    from privacy.models import LegalHold

    hold = LegalHold.objects.create(
        user=cast["stranger"], fields=[], reason="-", basis="-", set_by=cast["owner"],
        ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    purge(cast["owner"])
    hold.refresh_from_db()
    assert hold.set_by is None


# Names that are free again, and inherit nothing ----------------------------------------------


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14")
def test_a_leavers_name_is_nobodys_by_any_door(cast: Cast, settings: Any) -> None:
    from allauth.socialaccount.forms import SignupForm

    purge(cast["owner"])
    with pytest.raises(ValidationError):
        User.objects.create_user("Owner", "new@mail.example", PASSWORD)
    sign_up(Client(), email="new@mail.example", username="owner")
    assert not User.objects.filter(email="new@mail.example").exists()
    assert SignupForm.clean_username is not None
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 60, [old]
    with pytest.raises(ValidationError):
        User.objects.create_user("owner", "new@mail.example", PASSWORD)


@pytest.mark.clause("leaving")
def test_whoever_has_the_name_years_later_inherits_nothing(cast: Cast) -> None:
    from privacy.models import Tombstone

    titles = set(Recording.objects.filter(owner=cast["owner"]).values_list("title", flat=True))
    purge(cast["owner"])
    Tombstone.objects.all().delete()  # their time is over
    heir = person("owner")
    client = cast.client("anonymous")
    client.force_login(heir, backend=BACKEND)
    assert heir.recordings.count() == heir.stems.count() == heir.hosted.count() == 0
    page = client.get("/@owner/").content.decode()
    assert [title for title in titles if title in page] == []
    assert list(ledger.replay())[-1].user != ledger.fingerprint(heir.public_id)


@pytest.mark.clause("leaving")
def test_a_worker_that_dies_half_way_still_leaves_the_last_letter(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the next one takes over, the account has no address any more: the erasure has it."""
    row = due(cast["owner"])

    def dies(user: Any, kept: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(purging, "_purge_everything", dies)
        with pytest.raises(RuntimeError):
            erasure.run(row.pk)
    deliver()
    mail.outbox.clear()
    row = end(let_pass(row))
    deliver()
    assert (row.stage, row.contact, row.undo) == ("erased", None, None)
    assert [one.to for one in mail.outbox] == [["owner@mail.example"]]
    assert leave_links.of_erasure(row) in mail.outbox[0].body
