"""The canary: marks of two people in every field and file; one copies, one leaves."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy import datamap, erasure, export
from privacy.models import Erasure, Export
from privacy.tasks import expire
from sessions_app.models import ChatLine
from tests.privacy.canaries import Canary, could_hold_words
from tests.privacy.traces import contents, everywhere, found, rows, tables


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
    expire()  # the scheduler's


def archive_of(canary: Canary) -> zipfile.ZipFile:
    file = canary.user.exports.get().file
    return zipfile.ZipFile(io.BytesIO(default_storage.open(file.name).read()))


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
    secret = {one.mark(what) for what in ("key", "token", "secret", "chunk", "mixflac")}
    missing = {mark for mark in one.marks() if mark not in text}
    assert missing == secret  # credentials, and sound that is exported in another form
    # A mix of two is both players' sound; all else of the other's stays out.
    inside = contents("zip", _bytes(one))
    apart = "\n".join(text for place, text in inside if "/mixes/" not in place)
    assert {mark for mark in [*other.marks(), other.user.email] if mark in apart} == set()
    assert {mark for mark in other.marks() if mark in text} == {other.user.username}


def _bytes(canary: Canary) -> bytes:
    data: bytes = default_storage.open(canary.user.exports.get().file.name).read()
    return data


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_copy_is_json_and_the_original_files_and_says_what_it_holds(
    pair: tuple[Canary, Canary],
) -> None:
    one, _ = pair
    archive = archive_of(one)
    about = json.loads(archive.read("export.json"))
    assert (about["format"], about["username"]) == ("jamsite-export/1", one.user.username)
    assert about["missing_files"] == []
    for section in about["sections"]:
        assert len(json.loads(archive.read(section["file"]))) == section["count"] > 0
    listed = {section["file"] for section in about["sections"]}
    assert listed == {name for name in archive.namelist() if name.startswith("data/")}
    expected = {
        f"data/{item.name}.json"
        for item in datamap.held()
        if item.subjects and export._exported(item) and item.rows_of(one.user).exists()
    } - {"data/privacy.erasure.json"}
    assert listed == expected
    stems = json.loads(archive.read("data/sessions_app.stem.json"))
    sounds = {archive.read(stem["file"]).decode() for stem in stems}
    assert sounds == {one.mark("stem"), f"mark-sound-{one.user.username}"}
    assert one.user.username in archive.read("index.html").decode()


@pytest.mark.clause("export")
def test_a_copy_holds_every_declared_field(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    archive = archive_of(one)
    for item in datamap.held():
        name = f"data/{item.name}.json"
        if name in archive.namelist():
            wanted = {key for key, datum in item.fields.items() if datum.export}
            for row in json.loads(archive.read(name)):
                assert set(row) == wanted


@pytest.mark.clause("leaving", "what-stays")
@pytest.mark.promise("JK-14", "VJ-19")
def test_after_erasure_nothing_of_the_one_and_all_of_the_other_is_left(
    pair: tuple[Canary, Canary],
) -> None:
    one, other = pair
    user = one.user
    gone = one.marks() | {
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

    managed = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert managed <= set(tables())
    assert len(list(rows())) > 100


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_a_copy_is_ordered_made_and_fetched_by_its_owner_alone(
    pair: tuple[Canary, Canary], django_capture_on_commit_callbacks: Any
) -> None:
    one, other = pair
    Export.objects.all().delete()
    assert one.client.post(reverse("exports")).status_code == 302
    assert one.client.post(reverse("exports")).status_code == 302  # one at a time
    made = one.user.exports.get()
    path = reverse("export_download", args=[made.public_id])
    assert one.client.get(path).status_code == 404  # not ready
    export.run(made.pk)
    answer: Any = one.client.get(path)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer).startswith(b"PK")
    assert other.client.get(path).status_code == 404
    Export.objects.update(expires_at=timezone.now())
    assert one.client.get(path).status_code == 404
    expire()
    assert (Export.objects.count(), default_storage.exists(export.file_name(made))) == (0, False)


def test_a_copy_without_one_of_its_files_says_so(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    stem = one.solo.stems.get()
    default_storage.delete(stem.file.name)
    target = io.BytesIO()
    assert export.write(one.user, target) == 1
    about = json.loads(zipfile.ZipFile(target).read("export.json"))
    assert about["missing_files"] == [stem.file.name]


@pytest.mark.clause("export")
def test_a_copy_leaves_out_mixes_that_were_withdrawn(pair: tuple[Canary, Canary]) -> None:
    """Another player left or withdrew: their sound is in the old mix, which is nobody's now."""
    from sessions_app.services import publishing

    one, other = pair
    publishing.withdraw(one.take, other.user)
    target = io.BytesIO()
    export.write(one.user, target)
    names = zipfile.ZipFile(target).namelist()
    assert [name for name in names if name.startswith("media/mixes/")] == [
        f"media/{one.solo.mixes.get().opus.name}"
    ]


def test_an_export_that_a_purge_overtakes_leaves_no_file(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    export.purge(one.user, 10)
    made = Export.objects.create(user=one.user)
    real = export.write

    def purged_meanwhile(*args: Any) -> int:
        missing = real(*args)
        leaves(one)
        return missing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "write", purged_meanwhile)
        export.run(made.pk)
    assert not default_storage.exists(export.file_name(made))
    assert found({one.code}, everywhere()) == {}
