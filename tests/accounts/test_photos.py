"""Photos are judged by their bytes: whatever comes out is three plain squares."""

import io
from typing import Any

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image, PngImagePlugin

from accounts.models import Profile
from accounts.profile.services.photos import SIZES, clean_photo
from foundation import limits
from privacy.sharing import media
from tests.accounts import colours
from tests.accounts.test_profile import mine, picture, save, upload
from tests.cast import Cast

RED = (200, 30, 30)


def encoded(image: Any, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def made(data: bytes) -> dict[str, Any]:
    photo = clean_photo(io.BytesIO(data))
    return {column: Image.open(io.BytesIO(file.read())) for column, file in photo.sizes.items()}


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 16 for one, other in zip(pixel[:3], colour, strict=True))


def moving() -> bytes:
    frames = [Image.new("RGB", (80, 80), one) for one in (RED, (0, 0, 255), (0, 255, 0))]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)


def polyglot() -> bytes:
    """A picture that is a page with a script too, for whoever guesses by content."""
    return encoded(Image.new("RGB", (60, 60), RED), "GIF") + b"<script>alert('mark-poly')</script>"


def telling_png() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "mark-author")
    told.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>mark-xmp 51.05 N</x:xmpmeta>")
    return encoded(Image.new("RGB", (60, 60), RED), "PNG", pnginfo=told, icc_profile=b"mark-icc")


def camera() -> Image.Exif:
    told = Image.Exif()
    told[ExifTags.Base.Model] = "mark-camera"
    return told


def heic(image: Any, **options: Any) -> bytes:
    """A picture as telephones store it, by default with place and camera inside."""
    out = io.BytesIO()
    options = {"quality": 90, "exif": camera().tobytes(), **options}
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


PICTURES = {
    "heic": heic(Image.new("RGB", (60, 60), RED)),
    "avif": encoded(Image.new("RGB", (60, 60), RED), "AVIF", exif=camera()),
    "with place and camera": picture(),
    "moving": moving(),
    "cmyk": encoded(Image.new("CMYK", (60, 60), (0, 217, 217, 55)), "JPEG"),
    "polyglot": polyglot(),
    "telling": telling_png(),
    "palette": encoded(Image.new("RGB", (60, 60), RED).quantize(8), "PNG"),
    "one pixel": encoded(Image.new("RGB", (1, 1), RED), "PNG"),
    "very wide": encoded(Image.new("RGB", (4000, 3), RED), "PNG"),
}


@pytest.mark.clause("photo-metadata")
@pytest.mark.promise("VJ-02")
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_becomes_three_plain_squares(name: str) -> None:
    sizes = made(PICTURES[name])
    assert {column: one.size for column, one in sizes.items()} == {
        "photo": (640, 640), "photo_middle": (160, 160), "photo_small": (64, 64),
    }  # fmt: skip
    for one in sizes.values():
        assert (one.format, one.mode, getattr(one, "n_frames", 1)) == ("WEBP", "RGB", 1)
        assert dict(one.getexif()) == {}
        assert set(one.info) & {"exif", "xmp", "icc_profile", "comment", "Author"} == set()
        assert near(one.getpixel((one.width // 2, one.height // 2)), RED), name
    for file in clean_photo(io.BytesIO(PICTURES[name])).sizes.values():
        assert b"mark-" not in file.read()


P3_RED, P3_GREEN, P3_SKIN = (234, 51, 35), (117, 251, 76), (205, 150, 125)
SKIN = (215, 147, 120)


@pytest.mark.parametrize(
    ("told", "seen"),
    [(P3_RED, (255, 0, 0)), (P3_GREEN, (0, 255, 0)), (P3_SKIN, SKIN), ((90, 90, 90), (90, 90, 90))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "PNG with alpha"])
def test_the_colours_of_a_telephones_picture_stay_what_they_were(
    kind: str, told: tuple[int, int, int], seen: tuple[int, int, int]
) -> None:
    """Red that Display P3 writes (234, 51, 35) is sRGB's full red."""
    image = Image.new("RGB", (80, 80), told)
    if kind == "HEIF":
        # Its own colour sampling moves a channel by a few; that isn't what is measured here.
        data = heic(image, quality=-1, chroma=444, icc_profile=colours.icc())
    elif kind == "PNG with alpha":
        image.putalpha(255)
        data = encoded(image, "PNG", icc_profile=colours.icc())
    else:
        lossless = {"lossless": True} if kind == "WEBP" else {"quality": 100}
        data = encoded(image, kind, **lossless, icc_profile=colours.icc())
    shown = made(data)["photo"].getpixel((320, 320))
    assert all(abs(one - other) <= 6 for one, other in zip(shown, seen, strict=True)), shown


@pytest.mark.parametrize("profile", [b"mark-icc", colours.icc()[:200], b"\0" * 4000])
def test_a_profile_that_says_nothing_changes_nothing(profile: bytes) -> None:
    data = encoded(Image.new("RGB", (60, 60), RED), "PNG", icc_profile=profile)
    assert near(made(data)["photo"].getpixel((320, 320)), RED)


def test_a_telephone_held_upright_gives_a_picture_that_stands() -> None:
    lying = Image.new("RGB", (80, 40), RED)
    lying.paste((0, 0, 255), (0, 0, 40, 40))  # blue to the left; turned, it is above
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    photo = made(heic(lying, exif=turned.tobytes()))["photo"]
    assert near(photo.getpixel((320, 40)), (0, 0, 255))
    assert near(photo.getpixel((320, 600)), RED)


@pytest.mark.parametrize("kind", ["heic", "avif"])
@pytest.mark.parametrize("part", [20, 0.5, 0.95])
def test_half_a_file_is_a_sentence_and_no_error(kind: str, part: float) -> None:
    data = PICTURES[kind]
    with pytest.raises(ValidationError, match="isn't a picture we can read"):
        clean_photo(io.BytesIO(data[: int(part if part > 1 else part * len(data))]))


def test_what_was_transparent_is_white() -> None:
    clear = encoded(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG")
    assert near(made(clear)["photo"].getpixel((320, 320)), (255, 255, 255))


@pytest.mark.parametrize(("level", "grey"), [(0, 0), (32768, 128), (65535, 255)])
def test_sixteen_bits_keep_their_brightness(level: int, grey: int) -> None:
    deep = Image.new("I;16", (60, 60), level)
    assert near(made(encoded(deep, "PNG"))["photo"].getpixel((320, 320)), (grey, grey, grey))


@pytest.mark.parametrize("name", ["me.php", "me.svg", "../../me.jpg", "me", "me.jpg\x00.exe"])
def test_what_a_file_calls_itself_matters_to_nobody(cast: Cast, name: str) -> None:
    sent = SimpleUploadedFile(name, picture(kind="PNG"), "text/html")
    assert save(cast, sent).status_code == 302
    for column in SIZES:
        stored = getattr(mine(cast), column).name
        assert stored.startswith("photos/") and stored.endswith(".webp") and "me" not in stored[:10]


@pytest.mark.parametrize("kind", ["heic", "avif"])
def test_a_file_damaged_inside_is_a_sentence_and_no_error(kind: str) -> None:
    noise = Image.effect_noise((64, 48), 60).convert("RGB")
    data = heic(noise) if kind == "heic" else encoded(noise, "AVIF")
    where = data.index(b"mdat") + 4
    with pytest.raises(ValidationError, match="isn't a picture we can read"):
        clean_photo(io.BytesIO(data[:where] + bytes(40) + data[where + 40 :]))


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PDF"])
def test_other_formats_are_refused(kind: str) -> None:
    data = encoded(Image.new("RGB", (60, 60), RED), kind)
    with pytest.raises(ValidationError, match="isn't a picture we can read"):
        clean_photo(io.BytesIO(data))


def test_a_large_picture_is_made_small_before_anything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whole, a picture of 200 KB took 700 MB: it was copied four times at full size."""
    worked_on: list[tuple[int, int]] = []
    composite = Image.alpha_composite

    def watched(ground: Image.Image, seen: Image.Image) -> Image.Image:
        worked_on.append(seen.size)
        return composite(ground, seen)

    monkeypatch.setattr(Image, "alpha_composite", watched)
    clear = Image.new("RGBA", (4000, 2600), (*RED, 255))
    clear.putpixel((0, 0), (0, 0, 0, 0))
    sizes = made(encoded(clear, "PNG"))
    assert worked_on == [(1300, 1300)]
    assert near(sizes["photo"].getpixel((320, 320)), RED)
    made(encoded(clear.resize((1400, 20_000)), "PNG"))  # long and narrow is no way around it
    assert worked_on == [(1300, 1300), (1400, 1400)]
    for mode in ("P", "I;16", "CMYK", "L"):
        plain = Image.new("RGB", (2700, 2700), "white").convert("L" if mode == "I;16" else mode)
        image = plain.convert("I;16") if mode == "I;16" else plain
        assert made(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))["photo"].size == (640, 640)


def test_a_person_has_so_many_photos_an_hour(cast: Cast) -> None:
    for _ in range(limits.PHOTOS.limit):
        limits.PHOTOS.spend(cast["owner"].pk)
    data = {"photo": upload(picture())}
    answer = cast.client("owner").post(reverse("edit_profile"), data)
    assert answer.status_code == 429
    assert "the limit is 30 times in an hour" in answer.content.decode()


def test_more_than_eight_megabytes_are_refused() -> None:
    with pytest.raises(ValidationError, match="larger than 8 MB"):
        clean_photo(io.BytesIO(picture() + b"\0" * 8 * 1024 * 1024))


@pytest.mark.clause("photo-metadata", "who-sees")
@pytest.mark.promise("VJ-02", "JK-10")
@pytest.mark.parametrize("part", ["photo", "photo_middle", "photo_small"])
def test_every_size_goes_to_the_photos_audience_and_no_further(cast: Cast, part: str) -> None:
    save(cast, upload(picture()), photo_audience="members")
    url = media.url_for(mine(cast), part, cast.viewer("stranger"))
    assert cast.client("stranger").get(url).status_code == 200
    assert cast.client("anonymous").get(url).status_code == 404
    Profile.objects.filter(user=cast["owner"]).update(photo_audience="me")
    assert cast.client("stranger").get(url).status_code == 404
    assert cast.client("owner").get(
        media.url_for(mine(cast), part, cast.viewer("owner"))
    ).status_code == 200  # fmt: skip


def test_pages_offer_the_sizes(cast: Cast) -> None:
    save(cast, upload(picture()))
    page = cast.client("stranger").get(reverse("profile", args=["owner"])).content.decode()
    assert " 640w, " in page and " 160w, " in page and " 64w" in page
