"""Pictures of people: checked by content, made anew from their pixels, in three sizes."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from foundation.ids import new_public_id

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
KINDS = ["JPEG", "PNG", "WEBP", "GIF"]
# Column → edge in pixels. Pages show 320, 80 and 32 at most, twice that on dense screens.
SIZES = {"photo": 640, "photo_middle": 160, "photo_small": 64}

_FAULTS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    OverflowError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=KINDS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("The photo has more than 40 million pixels."))
            upright = _opaque(ImageOps.exif_transpose(picture))
    except _FAULTS:
        raise ValidationError(
            _("This file isn't a picture we can read. JPEG, PNG, WebP and GIF work.")
        ) from None
    name = new_public_id()
    return Photo({column: _square(upright, edge, name) for column, edge in SIZES.items()})


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
