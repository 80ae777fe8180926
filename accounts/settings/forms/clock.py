"""A person's clock: time zone and quiet hours."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from foundation.moments import zone_choices, zones


class ZoneField(forms.ChoiceField):
    """A time zone by its name. Old names, which some browsers still use, are taken as well."""

    def __init__(self, *, empty: Any, **kwargs: Any) -> None:
        choices = lambda: [("", empty), *zone_choices()]  # noqa: E731
        super().__init__(choices=choices, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return value in zones()


class ZoneForm(forms.Form):
    """The clock that times are told by."""

    time_zone = ZoneField(
        label=_("Time zone"),
        required=False,
        empty=_("As my browser says"),
        help_text=_(
            "Pages and letters tell times by this clock, and quiet hours follow it. A browser's "
            "clock isn't known to letters: without a choice of yours they say UTC."
        ),
    )


class QuietForm(forms.Form):
    """Quiet hours. Without an own time zone they ask for it: the browser's stands there first."""

    quiet = forms.BooleanField(
        label=_("Keep quiet hours"),
        required=False,
        help_text=_(
            "On: between these times no mail goes out and nothing is marked as new; it comes when "
            "they end. Security alerts always come at once."
        ),
    )
    quiet_from = forms.TimeField(
        label=_("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("When it gets quiet."),
    )
    quiet_until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("When what was held back comes; earlier than “From” means the next day."),
    )
    time_zone = ZoneField(
        label=_("Time zone"),
        required=False,
        empty=_("Not chosen yet"),
        help_text=_("The clock that these times are meant by. It is the one of your account."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        initial = {
            "quiet": user.quiet_from is not None,
            "quiet_from": user.quiet_from or "22:00",
            "quiet_until": user.quiet_until or "07:00",
            "time_zone": user.time_zone,
        }
        super().__init__(*args, **kwargs)
        self.initial = initial
        self.fields["time_zone"].widget.attrs["data-browser-zone"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("quiet"):
            return cleaned
        for name in ("quiet_from", "quiet_until"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("Say a time, such as 22:00.")))
        if not self.errors and cleaned["quiet_from"] == cleaned["quiet_until"]:
            self.add_error(
                "quiet_until",
                ValidationError(_("That would be quiet all day. Choose another end.")),
            )
        if not cleaned.get("time_zone") and "time_zone" not in self.errors:
            self.add_error(
                "time_zone", ValidationError(_("Choose the clock that these times are meant by."))
            )
        return cleaned
