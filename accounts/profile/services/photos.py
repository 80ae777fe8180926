"""Pictures of people: checked by content, made anew from their pixels in sRGB, in three sizes."""

import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from foundation.ids import new_public_id

# Telephones' own format; of one file only the picture itself is decoded.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF"]
# What a form offers to choose; the last two are for systems that don't know HEIC by its type.
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif,image/avif,.heic,.heif"
HINT = gettext_lazy(
    "JPEG, PNG, WebP, GIF, HEIC or AVIF, up to 8 MB. Place and camera data are removed."
)
# Column → edge in pixels. Pages show 320, 80 and 32 at most, twice that on dense screens.
SIZES = {"photo": 640, "photo_middle": 160, "photo_small": 64}

_SRGB = ImageCms.createProfile("sRGB")
_FAULTS = (
    UnidentifiedImageError,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    OverflowError,
    RuntimeError,  # what the decoder of AVIF says of a damaged one
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


ENOUGH = 2 * max(SIZES.values())  # pixels of an edge from which all sizes are made
_READ = ("icc_profile", "transparency")  # of what a file says besides its pixels
_AVERAGED = {"L", "LA", "RGB", "RGBA", "CMYK"}
_ORIENTATION = 0x0112  # EXIF
_AT_WORK = threading.BoundedSemaphore(2)  # whole pictures in the memory of one process


@dataclass(frozen=True)
class Photo:
    """One picture as it is stored: column → file."""

    sizes: dict[str, ContentFile[bytes]]


def clean_photo(upload: IO[bytes]) -> Photo:
    """Return square WebPs made anew from the pixels: no metadata, place or camera survives.

    What the file calls itself doesn't matter, its bytes do; of a moving picture the first frame is
    taken. Raises ValidationError on anything that is no picture, too large, or a bomb.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The photo is larger than 8 MB. Choose a smaller one."))
    upright = _upright(data, _smaller)
    name = new_public_id()
    return Photo({column: _square(upright, edge, name) for column, edge in SIZES.items()})


def draw_anew(data: bytes, longest: int) -> bytes:
    """Return a whole picture as a WebP made anew from its pixels, as `clean_photo` does.

    `longest`: pixels that its longer edge has at most. Raises ValidationError.
    """
    upright = _upright(data, lambda picture: _whole(picture, longest))
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    out = BytesIO()
    fresh.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()


def _upright(data: bytes, smaller: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Return a picture's pixels, of the size that `smaller` needs. Raises ValidationError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=KINDS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("The photo has more than 40 million pixels."))
            with _AT_WORK:
                small = smaller(picture)
            return _opaque(_in_srgb(ImageOps.exif_transpose(small)))
    except _FAULTS:
        raise ValidationError(
            _("This file isn't a picture we can read. JPEG, PNG, WebP, GIF, HEIC and AVIF work.")
        ) from None


def _whole(picture: Image.Image, longest: int) -> Image.Image:
    """Return all of a picture, no larger than is needed."""
    turned = picture.getexif().get(_ORIENTATION)
    info: dict[Any, Any] = {key: picture.info[key] for key in _READ if key in picture.info}
    if picture.format == "JPEG":
        picture.draft(None, (longest, longest))
    small = picture
    if (times := max(picture.size) // longest) > 1:
        if picture.mode in _AVERAGED:
            small = picture.reduce(times)
        else:  # numbers of colours, or 16 bits: these have no averages
            size = (picture.width // times, picture.height // times)
            small = picture.resize(size, Image.Resampling.NEAREST)
    small.load()
    small.info = info
    if turned is not None:
        small.getexif()[_ORIENTATION] = turned
    return small


def _smaller(picture: Image.Image) -> Image.Image:
    """Return the square in its middle, no larger than is needed: all else is done to few pixels.

    A file of 200 KB may hold 40 million, 160 MB in memory: no more than one copy of that is made.
    """
    edge = min(picture.size)
    if (times := edge // ENOUGH) > 1 and picture.format == "JPEG":
        picture.draft(None, (picture.width // times, picture.height // times))
        edge = min(picture.size)
    left, top = (picture.width - edge) // 2, (picture.height - edge) // 2
    turned = picture.getexif().get(_ORIENTATION)
    square = picture.crop((left, top, left + edge, top + edge))
    if (times := edge // ENOUGH) > 1:
        if square.mode in _AVERAGED:
            square = square.reduce(times)
        else:  # numbers of colours, or 16 bits: these have no averages
            square = square.resize((edge // times, edge // times), Image.Resampling.NEAREST)
    square.info = {key: picture.info[key] for key in _READ if key in picture.info}
    if turned is not None:
        square.getexif()[_ORIENTATION] = turned
    return square


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture with its colours as sRGB says them, which is what pages show.

    A camera's numbers mean other colours in its own space (Display P3, Adobe RGB, a press's inks):
    without the profile that goes with them they are pale. A profile that can't be read, or is for
    another kind of picture, is as good as none.
    """
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    clear = picture.has_transparency_data
    if picture.mode == "P":
        picture = picture.convert("RGBA" if clear else "RGB")
    try:
        space = ImageCms.ImageCmsProfile(BytesIO(profile))
        seen = ImageCms.profileToProfile(
            picture, space, _SRGB, outputMode="RGBA" if picture.mode == "RGBA" else "RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return seen or picture


def _opaque(picture: Image.Image) -> Image.Image:
    """Return the picture in eight bits a colour; what was transparent is white, not black."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits: convert() alone would clip
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        picture = Image.alpha_composite(ground, seen)
    return picture.convert("RGB")


def _square(picture: Image.Image, edge: int, name: str) -> ContentFile[bytes]:
    square = ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", square.size)
    fresh.paste(square)
    out = BytesIO()
    fresh.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue(), name=f"{name}-{edge}.webp")
