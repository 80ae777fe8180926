"""The canary: marks of two people in every field and file; one copies, one leaves."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from privacy import datamap, erasure
from privacy.models import Erasure, Export
from privacy.portability import export
from privacy.portability.export import archive_writer
from sessions_app.models import ChatLine
from tests.privacy.canaries import Canary, could_hold_words
from tests.privacy.traces import contents, everywhere, found, rows, tables
from tests.told import deliver


@pytest.fixture
def pair(db: None) -> tuple[Canary, Canary]:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    for canary in (one, other):
        made = Export.objects.create(user=canary.user)
        export.run(made.pk)
    return one, other


def leaves(canary: Canary) -> None:
    row = erasure.request(canary.user)
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    deliver()  # the receipt's letter, the last that knows the address


def test_every_field_that_can_hold_a_mark_holds_one(pair: tuple[Canary, Canary]) -> None:
    marked = pair[0].marks_by_field()
    bare = {
        f"{item.name}.{name}"
        for item in datamap.held()
        if item.subjects
        for name, datum in item.fields.items()
        if datum.personal and could_hold_words(item, name) and not marked.get((item.name, name))
    }
    assert bare == set()


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_copy_holds_all_of_ones_own_and_nothing_private_of_the_other(
    pair: tuple[Canary, Canary],
) -> None:
    one, other = pair
    held = [text for _, text in contents("zip", _bytes(one))]
    text = "\n".join(held)
    kept_back = ("key", "token", "secret", "chunk", "mixflac", "mixaac", "device")
    secret = {one.mark(what) for what in kept_back}
    missing = {mark for mark in one.marks() if mark not in text}
    assert missing == secret  # credentials, and sound that is exported in another form
    # A mix of two is both players' sound. What the other wrote to them is theirs to read, with
    # the name above it, and so are titles of what is public and they took part in or answered.
    # All else of the other's stays out.
    theirs = {mark for mark in [*other.marks(), other.user.email] if mark in text}
    open_to_all = {other.mark("jam"), other.mark("title"), other.mark("plan")}
    assert theirs == {other.user.username, other.mark("message"), *open_to_all}


def _bytes(canary: Canary) -> bytes:
    data: bytes = default_storage.open(canary.user.exports.get().file.name).read()
    return data


@pytest.mark.clause("leaving", "what-stays")
@pytest.mark.promise("JK-14", "VJ-19")
def test_after_erasure_nothing_of_the_one_and_all_of_the_other_is_left(
    pair: tuple[Canary, Canary],
) -> None:
    one, other = pair
    user = one.user
    gone = one.marks() | one.untied() | {
        user.username, user.email, user.public_id, user.profile.public_id, one.agent,
        *(stem.public_id for stem in user.stems.all()), one.solo.public_id,
        *(line.public_id for line in user.chat_lines.all()),
        *(line.public_id for line in user.messages.all()),
    }  # fmt: skip
    before = everywhere()
    assert set(found(gone, before)) == gone
    stays = set(found(other.marks(), before))
    assert stays == other.marks()

    leaves(one)

    after = everywhere()
    assert found(gone, after) == {}
    assert set(found(other.marks(), after)) == stays
    texts = "\n".join(text for _, text in after)
    assert one.code not in texts
    assert f"'_auth_user_id': '{user.pk}'" not in texts
    assert not User.objects.filter(pk=user.pk).exists()


@pytest.mark.clause("leaving")
@pytest.mark.parametrize("place", ["row", "file", "folder", "session", "valkey", "archive"])
def test_a_leftover_is_found(pair: tuple[Canary, Canary], place: str) -> None:
    """The counter-test: without it, a canary that looks nowhere would sing as well."""
    from django.core.cache import cache

    one, other = pair
    leaves(one)
    assert found({one.code}, everywhere()) == {}
    if place == "row":
        ChatLine.objects.filter(author=other.user).update(text=f"so said {one.mark('chat')}")
    elif place == "file":
        default_storage.save("mixes/lost.ogg", ContentFile(one.mark("sound").encode()))
    elif place == "folder":
        default_storage.save(f"chunks/{one.mark('x')}/1", ContentFile(b"-"))
    elif place == "session":
        session = other.client.session
        session["seen"] = one.mark("x")
        session.save()
    elif place == "valkey":
        cache.set("seen", one.mark("x"))
    else:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.json", one.mark("x") * 50)
        default_storage.save("exports/lost.zip", ContentFile(data.getvalue()))
    assert set(found({one.code}, everywhere())) == {one.code}


def test_the_dump_reads_every_table(pair: tuple[Canary, Canary]) -> None:
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    managed = {model._meta.db_table for model in models if model._meta.managed}
    assert managed <= set(tables())
    assert len(list(rows())) > 100


def test_an_export_that_a_purge_overtakes_leaves_no_file(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    export.purge(one.user, 10)
    made = Export.objects.create(user=one.user)
    real = archive_writer.Writer.write

    def purged_meanwhile(writer: archive_writer.Writer) -> Any:
        written = real(writer)
        leaves(one)
        return written

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_writer.Writer, "write", purged_meanwhile)
        export.run(made.pk)
    assert not default_storage.exists(export.file_name(made))
    assert found({one.code}, everywhere()) == {}
