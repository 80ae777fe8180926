"""Taking a copy in: another installation gets what is the person's own, once, and nothing else."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from accounts.models import Plays, Profile, RealName, User
from accounts.profile.services.photos import SIZES
from accounts.profile.services.profiles import write_profile
from messaging import services as messaging
from messaging.models import Message
from privacy.gate.viewer import Viewer
from privacy.portability.importing import archive_reader as reading
from sessions_app.audio import assemble
from sessions_app.models import ChatLine, JamSession, Mix, Recording, Stem
from tests import own_words
from tests.cast import Cast
from tests.privacy.copies import Copy

REF = "3f0e6f0c-5d1f-4c55-9f5e-0d6a1f6c1c11"


def real_flac(folder: Path) -> bytes:
    """A tenth of a second of a ramp, as a stem is stored."""
    pcm = b"".join((n * 997 % 2**23).to_bytes(3, "little") for n in range(4800))
    out = folder / "ramp.flac"
    assemble([io.BytesIO(pcm)], sample_rate=48000, channels=1, out=out)
    return out.read_bytes()


TOLD = {
    "stage_name": "mark-stage-owner", "gender": "mark-gender-owner", "phone": "+4930123456",
    "birthday": date(1990, 2, 3), "roles": ["teacher"], "genres": ["jazz", "ska"],
    "languages": ["tr"], "country": "DE", "town_id": 2879139, "town": "Leipzig",
    "links": ["https://owner.example/"], "genres_audience": "public", "phone_audience": "members",
    **own_words.columns("mark-{}-owner".format),
}  # fmt: skip


@pytest.fixture
def taken(cast: Cast, tmp_path: Path) -> Path:
    """The owner's copy with real sound and a real photo, and a world in which they are gone."""
    owner = cast["owner"]
    sound = real_flac(tmp_path)
    for stem in Stem.objects.filter(player=owner):
        default_storage.delete(stem.file.name)
        stem.file.save(f"{stem.public_id}.flac", ContentFile(sound))
    Stem.objects.filter(player=owner).update(gain=0.5, pan=-0.25, start_ms=12.5)
    picture = io.BytesIO()
    Image.new("RGB", (640, 640), "teal").save(picture, "WEBP")
    Profile.objects.get(user=owner).photo.save("p.webp", ContentFile(picture.getvalue()))
    write_profile(owner, TOLD, instruments=[("harp", 4), ("voice", 1)])
    talk = cast.conversation("owner", "participant")
    messaging.write(talk, owner, text="mark-message-owner", ref=REF)
    messaging.write(talk, cast["participant"], text="mark-message-participant", ref=REF)
    line = ChatLine(session=cast.sessions["public"], author=owner, ref=REF, text="mark-chat-owner")
    line.file_name, line.file_size = "mark-chart.txt", 5
    line.file.save("c.txt", ContentFile(b"A | D"))
    path = tmp_path / "copy.zip"
    copy = Copy(owner)
    shutil.copyfileobj(copy.row.file.open(), path.open("wb"))
    User.objects.all().delete()
    Recording.objects.all().delete()
    JamSession.objects.all().delete()
    for folder in ("stems", "mixes", "photos", "chat-files", "exports"):
        shutil.rmtree(Path(default_storage.location) / folder, ignore_errors=True)  # type: ignore[attr-defined]
    return path


def take_in(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_account", str(path), stdout=out, **options)
    return out.getvalue()


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy an archive, each file as `change(name, data)` says; None leaves it out."""
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def counts() -> dict[str, int]:
    models: tuple[Any, ...] = (
        User, EmailAddress, Profile, JamSession, Recording, Stem, Mix, ChatLine, Message,
    )  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def files() -> set[str]:
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-25")
def test_what_comes_in_goes_out_again_the_same(taken: Path) -> None:
    """All but ids, states, the photo's encoding, others' names, and what belongs to others."""
    before = zipfile.ZipFile(taken)
    take_in(taken)
    user = User.objects.get()
    after = Copy(user)

    def told(read: Callable[[str], Any], name: str, *fields: str) -> list[tuple[Any, ...]]:
        return sorted(tuple(row[one] for one in fields) for row in read(name))

    def old(name: str) -> Any:
        return json.loads(before.read(f"data/{name}.json"))

    for name, *fields in (
        ("accounts.user", "username", "email", "date_joined"),
        ("accounts.profile", "bio", "status"),
        ("sessions_app.jamsession", "title", "about", "audience", "host", "created_at"),
        ("sessions_app.recording", "title", "created_at", "owner"),
        ("sessions_app.chatline", "text", "created_at", "author", "file_name"),
        ("messaging.message", "text", "created_at", "author"),
        ("messaging.conversation", "created_at", "last_at"),
        ("sessions_app.stem", "start_ms", "drift_ppm", "gain", "pan", "channels", "created_at"),
    ):
        assert told(after.rows, name, *fields) == told(old, name, *fields), name
    sound = {before.read(one["file"]) for one in old("sessions_app.stem")}
    assert {after.zip.read(one["file"]) for one in after.rows("sessions_app.stem")} == sound
    (shared,) = after.rows("sessions_app.chatline")
    assert after.zip.read(shared["file"]) == b"A | D"
    photo = Image.open(io.BytesIO(after.zip.read(after.rows("accounts.profile")[0]["photo"])))
    assert (photo.size, photo.format) == ((640, 640), "WEBP")
    ids = {one["public_id"] for one in old("sessions_app.recording")}
    assert ids.isdisjoint({one["public_id"] for one in after.rows("sessions_app.recording")})


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-25")
def test_an_account_comes_in_without_rights_password_or_confirmed_address(taken: Path) -> None:
    told = take_in(taken)
    user = User.objects.get()
    assert (user.username, user.has_usable_password(), user.is_staff, user.state) == (
        "owner", False, False, "active",
    )  # fmt: skip
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (user.email, False, True)
    assert "has no password" in told and "not confirmed" in told
    assert "takes of others" not in told
    assert Message.objects.get().text == "mark-message-owner"  # what others wrote stays behind


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-25")
def test_audiences_that_stayed_behind_become_only_me(taken: Path) -> None:
    take_in(taken)
    audiences = dict(Recording.objects.values_list("title", "audience"))
    assert audiences == {
        "mark-title-owner-public": "public",
        "mark-title-owner-participants": "me",
        "mark-title-owner-me": "me",
    }
    profile = Profile.objects.get()
    assert (profile.bio_audience, profile.photo_audience) == ("me", "me")  # were members
    from privacy.gate.access import visible

    seen = visible(Recording, Viewer()).values_list("title", flat=True)
    assert list(seen) == []  # not before the mix is there
    orders = Mix.objects.values_list("recording__title", "status")
    assert sorted(orders) == [(title, "waiting") for title in sorted(audiences)]


@pytest.mark.clause("export", "profile-fields")
@pytest.mark.promise("VJ-25", "JK-10")
def test_all_of_a_profile_comes_along(taken: Path) -> None:
    take_in(taken)
    profile: Any = Profile.objects.values().get()
    audiences = {"genres_audience": "public", "phone_audience": "me", "gender_audience": "me"}
    assert {name: profile[name] for name in {**TOLD, **audiences}} == {**TOLD, **audiences}
    assert list(Plays.objects.values_list("instrument", "level")) == [("harp", 4), ("voice", 1)]
    assert RealName.objects.get().name == "mark-real-owner"
    assert all(profile[column] for column in SIZES)


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-25")
def test_twice_is_as_good_as_once(taken: Path) -> None:
    take_in(taken)
    once, stored = counts(), files()
    Profile.objects.update(bio="changed here")
    again = take_in(taken)
    assert (counts(), files()) == (once, stored)
    assert Profile.objects.get().bio == "changed here"
    assert " 0 new" in again and "1 new" not in again


def test_a_run_that_broke_off_is_finished_by_the_next(taken: Path, monkeypatch: Any) -> None:
    from sessions_app.services import importing

    def broken(*args: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(importing, "_take_of", broken)
        take_in(taken)
    assert (User.objects.count(), Stem.objects.count()) == (1, 0)
    take_in(taken)
    assert (User.objects.count(), Stem.objects.count()) == (1, 3)


def test_a_dry_run_keeps_nothing(taken: Path) -> None:
    before = counts(), files()
    told = take_in(taken, dry_run=True)
    assert (counts(), files()) == before
    assert "3 new" in told and "nothing was kept" in told


def test_names_and_addresses_that_are_taken_are_refused_with_what_to_do(taken: Path) -> None:
    User.objects.create_user("owner", "else@mail.example")
    with pytest.raises(CommandError, match="--username"):
        take_in(taken)
    User.objects.create_user("other", "owner@mail.example")
    with pytest.raises(CommandError, match="--email"):
        take_in(taken, username="newname")
    assert User.objects.count() == 2
    take_in(taken, username="newname", email="new@mail.example")
    made = User.objects.get(username="newname")
    assert (made.email, made.recordings.count()) == ("new@mail.example", 3)


def _evil(path: Path, build: Callable[[zipfile.ZipFile], None]) -> Path:
    target = path.with_name("evil.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        build(new)
    return target


def _link(new: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("media/x")
    info.external_attr = 0o120777 << 16
    new.writestr(info, "/etc/passwd")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda new: new.writestr("../export.json", "{}"), "points outside"),
        (lambda new: new.writestr("/export.json", "{}"), "points outside"),
        (_link, "points outside"),
        (lambda new: [new.writestr("a", "1"), new.writestr("a", "2")], "two files of one name"),
        (lambda new: new.writestr("data/x.json", b"0" * 30_000_000), "zip bomb"),
        (lambda new: new.writestr("a", "1"), "lacks export.json"),
        (lambda new: new.writestr("export.json", "[" * 100_000), "can't be read"),
        (lambda new: new.writestr("export.json", "{}"), "format isn't jamsite-export/2"),
        (lambda new: new.writestr("export.json", '{"format": "jamsite-export/2"}'), "schema"),
    ],
)
def test_a_hostile_archive_is_refused_before_anything_is_written(
    taken: Path, build: Any, why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        take_in(_evil(taken, build))
    assert (counts()["User"], files()) == (0, set())


def test_limits_are_told(taken: Path, monkeypatch: Any) -> None:
    for name, limit, why in (
        ("MAX_MEMBERS", 3, "more than 3 files"),
        ("MAX_BYTES", 100, "larger than 0 GB"),
        ("MAX_FILE", 100, "A file in it is larger"),
    ):
        with monkeypatch.context() as patch, pytest.raises(CommandError, match=why):
            patch.setattr(reading, name, limit)
            take_in(taken)
    assert counts()["User"] == 0
    with pytest.raises(CommandError, match="no zip file"):
        take_in(Path(__file__))


def test_rows_that_do_not_fit_the_schema_are_refused(taken: Path) -> None:
    def without_title(name: str, data: bytes) -> bytes:
        return data.replace(b'"title"', b'"titel"') if "jamsession" in name else data

    def cut(name: str, data: bytes) -> bytes:
        return data[:-4] if "jamsession" in name else data

    with pytest.raises(CommandError, match=r"data/sessions_app.jamsession.json, row 1 doesn't fit"):
        take_in(rewritten(taken, without_title))
    with pytest.raises(CommandError, match=r"can't be read|no whole JSON array"):
        take_in(rewritten(taken, cut))
    assert counts()["User"] == 0


def test_media_that_are_not_what_they_say_stay_out(taken: Path) -> None:
    """A playlist as a stem, a page as a photo, a program as a chart: the rest comes in."""

    def swapped(name: str, data: bytes) -> bytes | None:
        if name.startswith("media/stems/"):
            return b"#EXTM3U\n/etc/passwd\n"
        if name.startswith("media/chat-files/"):
            return b"MZ\x90\0"
        return b"<svg onload=alert(1)>" if name.startswith("media/photos/") else data

    told = take_in(rewritten(taken, swapped))
    assert "3 left out: stems whose sound can't be read" in told
    assert "picture" in told
    assert "1 left out: files in rooms that can't be shared here" in told
    assert (Stem.objects.count(), files(), bool(Profile.objects.get().photo)) == (0, set(), False)

    def none(name: str, data: bytes) -> bytes | None:
        return None if name.startswith("media/") else data

    assert "3 left out: stems without their sound" in take_in(rewritten(taken, none))


@pytest.mark.clause("export")
def test_own_sound_in_takes_of_others_becomes_a_take_of_ones_own(
    cast: Cast, tmp_path: Path
) -> None:
    player = cast["participant"]
    sound = real_flac(tmp_path)
    for stem in Stem.objects.filter(player=player):
        default_storage.delete(stem.file.name)
        stem.file.save(f"{stem.public_id}.flac", ContentFile(sound))
    ChatLine.objects.create(
        session=cast.sessions["public"], author=player, ref=REF, text="mark-chat"
    )
    path = tmp_path / "copy.zip"
    shutil.copyfileobj(Copy(player).row.file.open(), path.open("wb"))
    User.objects.all().delete()
    Recording.objects.all().delete()
    told = take_in(path)
    assert "1 left out: lines said in rooms of others" in told
    assert "6 left out: answers about takes of others" not in told
    takes = Recording.objects.values_list("owner__username", "audience", "title")
    assert list(takes) == [("participant", "me", "")] * 6
    assert Stem.objects.count() == 6


def test_an_array_is_read_however_it_is_spaced() -> None:
    rows = [{"a": "é" * 50_000}, {"b": [1, 2.5, None]}, {}]
    for indent in (None, 2):
        text = json.dumps(rows, indent=indent, ensure_ascii=False).encode()
        assert list(reading._items(io.BytesIO(text), "x")) == rows
    for bad in (b"", b"{}", b"[1, 2", b'[{"a": }]'):
        with pytest.raises(reading.Unfit):
            list(reading._items(io.BytesIO(bad), "x"))
