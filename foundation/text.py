"""Text from outside: what can be kept. One rule for forms, the API and sockets.

NUL can't be stored, half of a pair (a lone surrogate) can't be written as UTF-8, and other control
characters are seen by nobody and trouble whoever reads the text next. Text with one of them is
refused with a sentence that says which and where. Three of them mean a line break where they come
from (page break, vertical tab, next line) and become one.
"""

import math
import re
from typing import Any

from django import forms
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

_BREAKS = re.compile("[\x0b\x0c\x85]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BEFORE = 20  # characters that are repeated, so that the place is found


class Unfit(ValueError):
    """The text holds a character that can't be kept; the message is for the person."""


class UnfitStatement(SuspiciousOperation):
    """Text that can't be kept came as far as the database: a 400, whatever took it."""


def fit(text: str) -> str:
    """Return the text as it is kept. Raises Unfit."""
    unfit = _UNFIT.search(text)
    if unfit is None:
        return _BREAKS.sub("\n", text)
    code = f"U+{ord(unfit[0]):04X}"
    before = _BREAKS.sub(" ", text[max(0, unfit.start() - _BEFORE) : unfit.start()]).strip()
    if not before:
        raise Unfit(_("The text begins with a character that can't be kept (%s).") % code)
    raise Unfit(
        _("After “%(before)s” is a character that can't be kept (%(code)s). Take it out, please.")
        % {"before": before, "code": code}
    )


def is_fit(text: str) -> bool:
    """Return whether the text can be kept as it is, or with line breaks of our own."""
    return _UNFIT.search(text) is None


def hold_fields_to_it() -> None:
    """Have every text field of forms and of the API ask `fit`, also those of other packages.

    They have no common place of our own, and a field that was forgotten would be a 500.
    """
    _ask_first(forms.CharField, "to_python", ValidationError)
    _ask_first(serializers.CharField, "to_internal_value", serializers.ValidationError)
    _ask_for_a_number(serializers.FloatField)


def _ask_first(field: Any, method: str, fault: Any) -> None:
    read = getattr(field, method)
    if getattr(read, "asks_fit", False):
        return

    def reads(self: Any, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = fit(value)
            except Unfit as why:
                raise fault(str(why), code="text") from None
        return read(self, value)

    reads.asks_fit = True  # type: ignore[attr-defined]
    setattr(field, method, reads)


def _ask_for_a_number(field: Any) -> None:
    """Have "NaN" and "Infinity", which `float` takes as text, be no numbers (as in forms)."""
    read = field.to_internal_value
    if getattr(read, "asks_fit", False):
        return

    def reads(self: Any, value: Any) -> float:
        number: float = read(self, value)
        if not math.isfinite(number):
            self.fail("invalid")
        return number

    reads.asks_fit = True  # type: ignore[attr-defined]
    field.to_internal_value = reads
