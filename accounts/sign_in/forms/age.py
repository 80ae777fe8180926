"""The age question."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.identity.services import ages

OLDEST = 125  # years


class AgeForm(forms.Form):
    """A date of birth, without a hint of what any answer leads to. It is not stored."""

    day = forms.IntegerField(
        label=_("Day"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "bday-day", "maxlength": 2}
        ),
    )
    month = forms.TypedChoiceField(
        label=_("Month"),
        coerce=int,
        choices=[("", ""), *MONTHS.items()],
        widget=forms.Select(attrs={"autocomplete": "bday-month"}),
    )
    year = forms.IntegerField(
        label=_("Year"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": 4}
        ),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            values["birth"] = born_on(values["year"], values["month"], values["day"])
        return values


def born_on(year: int, month: int, day: int) -> date:
    """Return a date that somebody alive can be born on, or raise ValidationError."""
    now = ages.today()
    try:
        birth = date(year, month, day)
    except (ValueError, OverflowError):
        raise ValidationError(_("There is no such day. Look at all three again.")) from None
    if not now.year - OLDEST < birth.year or birth > now:
        raise ValidationError(_("This year can't be right. Write all four digits of it."))
    return birth
