"""The field for a picture. What was chosen stays when another field is wrong."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import get_valid_filename

from accounts.profile.services.photos import ACCEPTED, HINT, Photo, clean_photo
from foundation import limits
from foundation.problems import too_many_in_words


class KeptPhotoInput(forms.ClearableFileInput):
    """A file input that also takes back what came with the form before, as base64 of a WebP.

    Browsers never fill a file input by themselves. The picture goes to the page and comes back with
    it, so nothing of it is stored before the form is right; it is judged anew like any other.
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        if chosen is not None or not data.get(f"{name}-kept") or data.get(f"{name}-kept-drop"):
            return chosen
        try:
            content = base64.b64decode(data[f"{name}-kept"], validate=True)
        except (binascii.Error, ValueError):
            return None
        return SimpleUploadedFile(_name(data.get(f"{name}-kept-name")), content, "image/webp")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return super().value_omitted_from_data(data, files, name) and f"{name}-kept" not in data


class PhotoField(forms.FileField):
    """A picture that may be left out; what was chosen its form cleans with `take`."""

    widget = KeptPhotoInput
    kept: dict[str, str] | None = None  # what the page sends back: name, base64

    def __init__(self, **about: Any) -> None:
        super().__init__(required=False, help_text=HINT, **about)
        self.widget.attrs["accept"] = ACCEPTED

    def take(self, upload: Any, by: int) -> Photo:
        """Return a chosen picture made anew, and let the page hold it if it is shown once more.

        `by`: key of who sends it, whose pictures are counted. Raises ValidationError.
        """
        try:
            limits.PHOTOS.spend(by)
        except limits.TooMany as error:
            raise too_many_in_words(error) from None
        photo = clean_photo(upload)
        file = photo.sizes["photo"]
        data = base64.b64encode(file.read()).decode()
        file.seek(0)
        self.kept = {"name": _name(upload.name), "data": data}
        return photo


def _name(said: Any) -> str:
    """Return a file's name as it may stand in a page; only the person who sent it reads it."""
    try:
        return get_valid_filename(str(said or ""))[-80:]
    except SuspiciousFileOperation:  # nothing is left of it
        return "photo"
