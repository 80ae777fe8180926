"""Writers of profiles."""

import warnings
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import Profile
from foundation.ids import new_public_id

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
EDGE = 640  # pixels; photos are shown at 320 at most, twice that on dense screens


def clean_photo(upload: IO[bytes]) -> ContentFile[bytes]:
    """Return a square WebP made anew from the pixels: no metadata, place or camera survives.

    Raises ValidationError on anything that is no picture, too large, or a decompression bomb.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The photo is larger than 8 MB. Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=["JPEG", "PNG", "WEBP", "GIF"])
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("The photo has more than 40 million pixels."))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
            Image.DecompressionBombWarning):  # fmt: skip
        raise ValidationError(
            _("This file isn't a picture we can read. JPEG, PNG, WebP and GIF work.")
        ) from None
    square = ImageOps.fit(upright, (EDGE, EDGE), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", square.size)
    fresh.paste(square)
    out = BytesIO()
    fresh.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue(), name=f"{new_public_id()}.webp")


def replace_photo(profile: Profile, photo: ContentFile[bytes] | None) -> None:
    """Set, change or remove the photo; the old file goes once the row no longer names it."""
    old = profile.photo.name
    profile.photo = photo or ""
    profile.save()
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))
