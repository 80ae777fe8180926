"""The profile: all of it optional, each field to its own audience, photos without a past."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image

from accounts.models import Profile
from accounts.profile.services.photos import SIZES
from tests.cast import Cast

FIELDS = {
    "bio": "new bio", "bio_audience": "public", "status": "new status", "status_audience": "me",
    "photo_audience": "members",
}  # fmt: skip


def picture(size: tuple[int, int] = (90, 60), kind: str = "JPEG") -> bytes:
    """Return a picture that tells where and with what it was taken."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "mark-camera"
    exif[ExifTags.Base.ImageDescription] = "mark-description"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 3.0, 16.0)
    out = io.BytesIO()
    image.save(out, kind, **({"exif": exif, "comment": b"mark-comment"} if kind == "JPEG" else {}))
    return out.getvalue()


def save(cast: Cast, photo: Any = None, **changes: Any) -> Any:
    values = {**FIELDS, **changes}
    if photo is not None:
        values["photo"] = photo
    return cast.client("owner").post(reverse("edit_profile"), values)


def mine(cast: Cast) -> Profile:
    return Profile.objects.get(user=cast["owner"])


def upload(data: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


@pytest.mark.clause("photo-metadata")
@pytest.mark.promise("VJ-02")
def test_a_photo_is_made_anew_square_and_without_its_past(cast: Cast) -> None:
    data = picture()
    assert b"mark-camera" in data and b"mark-comment" in data
    assert save(cast, upload(data))["Location"] == "/@owner/"
    stored = default_storage.open(mine(cast).photo.name).read()
    image = Image.open(io.BytesIO(stored))
    assert (image.format, image.size) == ("WEBP", (640, 640))
    assert dict(image.getexif()) == {}
    assert {key for key in image.info if key in {"exif", "xmp", "icc_profile", "comment"}} == set()
    assert b"mark-" not in stored
    assert "me.jpg" not in mine(cast).photo.name


@pytest.mark.clause("photo-metadata")
@pytest.mark.promise("VJ-02")
def test_a_turned_photo_stands_upright(cast: Cast) -> None:
    image = Image.new("RGB", (100, 100), (0, 0, 0))
    image.paste((255, 255, 255), (0, 0, 100, 50))  # white on top …
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3  # … and turned upside down
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    save(cast, upload(out.getvalue()))
    stored = Image.open(default_storage.open(mine(cast).photo.name))
    top: Any = stored.convert("L").getpixel((320, 20))
    assert top < 40


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_kinds_of_pictures_work(cast: Cast, kind: str) -> None:
    assert save(cast, upload(picture(kind=kind), f"x.{kind.lower()}")).status_code == 302
    assert Image.open(default_storage.open(mine(cast).photo.name)).format == "WEBP"


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"MZ\x90\x00", b"GIF89a",
     b"\xff\xd8\xff\xe0" + b"x" * 100, picture()[:200]],
    ids=["svg", "program", "gif head", "jpeg head", "cut"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_nothing_is_lost(cast: Cast, data: bytes) -> None:
    save(cast, upload(picture()))
    before = mine(cast)
    answer = save(cast, upload(data), bio="typed for an hour")
    assert answer.status_code == 422
    assert b"typed for an hour" in answer.content
    after = mine(cast)
    assert (after.bio, after.photo.name) == (before.bio, before.photo.name)
    assert default_storage.exists(after.photo.name)


def test_a_bomb_is_refused(cast: Cast) -> None:
    wide = Image.new("1", (7000, 7000))
    out = io.BytesIO()
    wide.save(out, "PNG")
    assert save(cast, upload(out.getvalue(), "x.png")).status_code == 422


@pytest.mark.clause("photo-metadata")
def test_a_photo_that_is_replaced_or_removed_is_deleted(
    cast: Cast, media_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    for change in (upload(picture()), upload(picture(kind="PNG"))):
        with django_capture_on_commit_callbacks(execute=True):
            save(cast, change)
    stored = {str(one.relative_to(media_folder)) for one in media_folder.rglob("photos/*")}
    assert stored == {getattr(mine(cast), column).name for column in SIZES}
    with django_capture_on_commit_callbacks(execute=True):
        assert save(cast, **{"photo-clear": "on"}).status_code == 302
    assert mine(cast).photo.name == ""
    assert list(media_folder.rglob("photos/*")) == []


@pytest.mark.clause("who-sees")
@pytest.mark.promise("JK-10", "VJ-02")
@pytest.mark.parametrize("field", ["bio", "status"])
@pytest.mark.parametrize(
    ("audience", "readers"),
    [("public", {"owner", "stranger", "anonymous"}), ("members", {"owner", "stranger"}),
     ("me", {"owner"})],
)  # fmt: skip
def test_each_field_goes_to_its_own_audience(
    cast: Cast, field: str, audience: str, readers: set[str]
) -> None:
    answer = save(cast, **{field: "mark-new", f"{field}_audience": audience})
    assert answer.status_code == 302
    found = {
        role
        for role in ("owner", "stranger", "anonymous")
        if b"mark-new" in cast.client(role).get("/@owner/").content
    }
    assert found == readers


@pytest.mark.clause("who-sees")
@pytest.mark.promise("JK-10")
def test_everything_can_be_emptied(cast: Cast) -> None:
    assert save(cast, bio="", status="").status_code == 302
    assert (mine(cast).bio, mine(cast).status) == ("", "")
    page = cast.client("stranger").get("/@owner/").content.decode()
    assert "mark-bio" not in page and "mark-status" not in page


@pytest.mark.parametrize(
    "changes",
    [{"bio_audience": "participants"}, {"status_audience": "everybody"}, {"photo_audience": ""},
     {"status": "x" * 141}, {"bio": "x" * 2001}],
)  # fmt: skip
def test_a_form_with_a_fault_changes_nothing(cast: Cast, changes: dict[str, str]) -> None:
    answer = save(cast, **changes)
    assert answer.status_code == 422
    assert (mine(cast).bio, mine(cast).bio_audience) == ("mark-bio-owner", "members")


def test_one_can_edit_only_oneself(cast: Cast) -> None:
    save(cast, username="stranger", user=str(cast["stranger"].pk))
    cast["owner"].refresh_from_db()
    assert cast["owner"].username == "owner"
    assert Profile.objects.get(user=cast["stranger"]).bio == "mark-bio-stranger"
    assert cast.client("anonymous").post(reverse("edit_profile"), FIELDS).status_code == 302
