"""Looking for a session, on the page and in the API. What is typed here is kept nowhere."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.profile.vocabulary import GENRES, INSTRUMENTS, by_name
from foundation import limits
from foundation.long_lists import LongList, LongSelect
from privacy.gate.audiences import Audience
from sessions_app.finding import NOW, Wanted
from sessions_app.models import JamSession
from sessions_app.models.planning import FASTEST, SLOWEST, RecordingWish
from sessions_app.models.sessions import SEATS

TODAY, WEEK, DAY = "today", "week", "day"
NIGHT_ENDS = time(5)  # a night out belongs to the day before
NARROWED_BY = (
    "when", "day", "instrument", "genre", "known", "slowest", "fastest", "free", "recording",
    "shown_to", "latency",
)  # fmt: skip
FOR_MEMBERS = ("known", "latency")  # of which nothing is known without an account


@lru_cache(maxsize=16)
def _lists(language: str) -> dict[str, LongList]:
    """Return instruments and genres by name, in the language of the page."""
    return {
        name: LongList([("", _("Any")), *by_name(words)])
        for name, words in (("instrument", INSTRUMENTS), ("genre", GENRES))
    }


def _audiences() -> list[tuple[str, Any]]:
    offered = JamSession._meta.get_field("audience").choices or ()
    return [("", _lazy("Any")), *(pair for pair in offered if pair[0] != Audience.LINK)]


class FindJamForm(forms.Form):
    """What somebody looks for, each thing as optional as the others."""

    when = forms.ChoiceField(
        label=_lazy("When"),
        required=False,
        choices=[
            ("", _lazy("Now or later")),
            (NOW, _lazy("Now")),
            (TODAY, _lazy("Today and tonight")),
            (WEEK, _lazy("In the next seven days")),
            (DAY, _lazy("On a day")),
        ],
    )
    day = forms.DateField(
        label=_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    instrument = forms.ChoiceField(
        label=_lazy("A free seat for"), required=False, widget=LongSelect
    )
    genre = forms.ChoiceField(label=_lazy("Genre"), required=False, widget=LongSelect)
    known = forms.BooleanField(label=_lazy("With people I know"), required=False)
    slowest = forms.IntegerField(
        label=_lazy("Tempo from"), required=False, min_value=SLOWEST, max_value=FASTEST
    )
    fastest = forms.IntegerField(
        label=_lazy("Tempo to"), required=False, min_value=SLOWEST, max_value=FASTEST
    )
    free = forms.IntegerField(
        label=_lazy("Free seats, at least"), required=False, min_value=1, max_value=SEATS - 1
    )
    recording = forms.ChoiceField(
        label=_lazy("Recording"),
        required=False,
        choices=[("", _lazy("Any")), *RecordingWish.choices],
    )
    shown_to = forms.ChoiceField(label=_lazy("Who may find it"), required=False, choices=_audiences)
    latency = forms.TypedChoiceField(
        label=_lazy("Expected delay"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _lazy("Any")), (1, _lazy("good")), (2, _lazy("good or fair"))],
        help_text=_lazy("Of people you have played with, where you both let it be remembered."),
    )

    def __init__(self, *args: Any, is_member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, choices in _lists(get_language() or "en").items():
            fields[name].choices = choices
        if not is_member:
            for name in FOR_MEMBERS:
                del fields[name]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        day, when = values.get("day"), values.get("when")
        if when == DAY and day is None and "day" not in self.errors:
            self.add_error("day", _("Say which day."))
        if when not in {"", DAY, None}:
            values["day"] = None  # it is of "On a day" alone, and stays from a look before
        elif day is not None and abs((day - timezone.localdate()).days) > limits.PLANNED_DAYS + 1:
            self.add_error("day", _("A session is planned at most a year ahead."))
        slowest, fastest = values.get("slowest"), values.get("fastest")
        if slowest and fastest and slowest > fastest:
            self.add_error("fastest", _("That is slower than where it begins."))
        return values

    def wanted(self) -> Wanted:
        """Return what is looked for; of a form that is in order."""
        values = self.cleaned_data
        names = ("instrument", "genre", "slowest", "fastest", "recording", "free")
        said = {name: values[name] for name in names} | {"audience": values["shown_to"]}
        said |= {"known": values.get("known", False), "latency": values.get("latency")}
        return Wanted(when=values["when"], **said, **self._span(values))

    def _span(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return between which moments a planned one begins, on the clock of who looks."""
        now = timezone.localtime()
        if values["day"] is not None:
            begins = _at(values["day"], time())
            return {
                "since": begins,
                "until": _at(values["day"] + timedelta(days=1), time()),
                "only_planned": values["day"] != now.date(),
            }
        if values["when"] == TODAY:
            return {"until": _at(now.date() + timedelta(days=1), NIGHT_ENDS)}
        if values["when"] == WEEK:
            return {"until": now + timedelta(days=7)}
        return {}

    def said(self) -> list[tuple[str, str]]:
        """Return what is looked for: the name of each field, and its words; of one in order."""
        return [
            (name, self._words(name, value))
            for name, value in self.cleaned_data.items()
            if value not in {"", None, False} and not (name == "when" and value == DAY)
        ]

    def _words(self, name: str, value: Any) -> str:
        field: Any = self.fields[name]
        if name in {"slowest", "fastest", "free"}:
            return f"{field.label} {value}"
        if name == "day":
            return str(forms.DateField().widget.format_value(value))
        if name == "known":
            return str(field.label)
        words = {str(key): str(word) for key, word in field.choices}[str(value)]
        return f"{field.label}: {words}" if name in {"latency", "recording"} else words


def _at(day: Any, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
