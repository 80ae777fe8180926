"""The fields of a form that say when a session is to be, and who and what is wanted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.profile.vocabulary import GENRES, INSTRUMENTS, by_name
from accounts.settings.forms.clock import ZoneField
from foundation import limits
from foundation.long_lists import LongList, LongSelect
from foundation.moments import zone_choices, zones
from sessions_app.models import JamSession
from sessions_app.models.planning import (
    FASTEST,
    LONGEST,
    SHORTEST,
    SLOWEST,
    USUAL,
    RecordingWish,
)
from sessions_app.models.sessions import LARGE_SEATS, SEATS, most_places
from sessions_app.services import timing
from sessions_app.vocabulary import Key
from sessions_app.wall_time import Skipped, moment_of, wall_of, week_after

NOW, LATER = "now", "later"
ROWS = 4  # of wanted seats, and one more than there are instruments in them
ONLY_LATER = ("date", "time", "zone", "minutes", "seats", "approval", "weekly")
STARTED_FROM = (
    "minutes", "seats", "approval", "weekly", "genre", "tempo", "key", "welcome", "recording_wish",
    "places",
)  # fmt: skip
BESIDE = {"starts_at": "date", "clock": "time", "zone": "zone"}  # column → the field it stands in


@lru_cache(maxsize=16)
def _named(language: str) -> dict[str, LongList]:
    """Return genres and instruments by name, in the language of the page."""
    return {
        "genre": LongList([("", _("Any")), *by_name(GENRES)]),
        "seats": LongList([("", _("None")), *by_name(INSTRUMENTS)]),
    }


class SeatsWidget(forms.Widget):
    """Rows of an instrument and how many of it are wanted. A value is a list of such pairs."""

    use_fieldset = True
    input_type = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        rows = [
            (data.get(f"{name}-{n}-instrument", ""), data.get(f"{name}-{n}-count", ""))
            for n in range(SEATS)
        ]
        return [(slug, count.strip() or "1") for slug, count in rows if slug]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-instrument" not in data

    def id_for_label(self, id_: str) -> str:
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        pairs = pairs_of(value or [])
        rows = [*pairs, *[("", "1")] * max(1, ROWS - len(pairs))][: SEATS - 1]
        return format_html_join(
            "\n", "{}", ((self._row(name, n, *row),) for n, row in enumerate(rows))
        )

    def _row(self, name: str, n: int, slug: str, count: str) -> SafeString:
        options = mark_safe(_named(get_language() or "en")["seats"].options(slug))  # noqa: S308
        return format_html(
            '<div class="wanted-seat"><label for="id_{0}-{1}-instrument" class="visually-hidden">'
            '{2}</label><select class="input" name="{0}-{1}-instrument" '
            'id="id_{0}-{1}-instrument">{3}</select>'
            '<label for="id_{0}-{1}-count" class="visually-hidden">{4}</label>'
            '<input type="number" class="input" name="{0}-{1}-count" id="id_{0}-{1}-count" '
            'min="1" max="{5}" value="{6}" inputmode="numeric"></div>',
            name, n, _("Instrument %(n)d") % {"n": n + 1}, options,
            _("How many of instrument %(n)d") % {"n": n + 1}, SEATS - 1, count,
        )  # fmt: skip


def pairs_of(value: Sequence[Any]) -> list[tuple[str, str]]:
    """Return wanted seats as pairs of instrument and number, from slugs or pairs."""
    if all(isinstance(one, str) for one in value):
        return [(slug, str(number)) for slug, number in Counter(value).items()]
    return list(value)


class SeatsField(forms.Field):
    """Wanted seats: a list of instruments, each as often as there are seats for it."""

    widget = SeatsWidget

    def clean(self, value: Any) -> list[str]:
        seats: list[str] = []
        for slug, count in pairs_of(value or []):
            if len(count) > 1 or not count.isdecimal() or not 1 <= int(count) < SEATS:
                said = _("Say how many with a number from 1 to %(n)d.")
                raise ValidationError(said % {"n": SEATS - 1})
            seats += [slug] * int(count)
        return timing.check_seats(seats, most_places())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return pairs_of(initial or []) != pairs_of(data or [])


class PlanFields(forms.Form):
    """When, how long, for whom there are seats, what is played, what is read before joining."""

    when = forms.ChoiceField(
        label=_lazy("When"),
        choices=[(NOW, _lazy("Now")), (LATER, _lazy("Later"))],
        widget=forms.RadioSelect,
        required=False,
        initial=NOW,
    )
    date = forms.DateField(
        label=_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    time = forms.TimeField(
        label=_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    zone = ZoneField(
        label=_lazy("Time zone"),
        required=False,
        empty=_lazy("Choose a time zone"),
        help_text=_lazy("The clock that the time is meant by. Everybody else sees it on theirs."),
    )
    minutes = forms.IntegerField(
        label=_lazy("How long, in minutes"),
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=USUAL,
    )
    seats = SeatsField(
        label=_lazy("Who is wanted"),
        required=False,
        help_text=_lazy(
            "An instrument, and how many. Without any, everybody may come with what they play, as "
            "long as there are seats."
        ),
    )
    approval = forms.BooleanField(
        label=_lazy("I say who plays"),
        required=False,
        help_text=_lazy("Who wants to come asks you first. People you send a link needn't."),
    )
    weekly = forms.BooleanField(
        label=_lazy("Repeat weekly"),
        required=False,
        help_text=_lazy("When one begins, the next is planned: same day, same time on the clock."),
    )
    genre = forms.ChoiceField(label=_lazy("Genre"), required=False, widget=LongSelect)
    tempo = forms.IntegerField(
        label=_lazy("Tempo"),
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        help_text=_lazy("Beats per minute, from 30 to 300."),
    )
    recording_wish = forms.ChoiceField(
        label=_lazy("Recording"),
        required=False,
        choices=RecordingWish.choices,
        initial=RecordingWish.OPEN,
        help_text=_lazy("What you wish for. Each take asks everybody in the room all the same."),
    )
    places = forms.IntegerField(
        label=_lazy("Places in the room"),
        required=False,
        min_value=SEATS,
        max_value=LARGE_SEATS,
        initial=SEATS,
        help_text=_lazy(
            "Up to 8 players hear each other from browser to browser. With more, up to 24, all "
            "sound goes through this site's media server: a little later, and not end to end."
        ),
    )
    key = forms.ChoiceField(
        label=_lazy("Key"), required=False, choices=[("", _lazy("Any")), *Key.choices]
    )
    welcome = forms.CharField(
        label=_lazy("Welcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("Read before joining: what to bring, how you play, what you ask for."),
    )

    def begin(self, person: User) -> None:
        """Offer what there is to choose from, the person's own zone first."""
        fields: Any = self.fields
        if most_places() == SEATS:
            del fields["places"]
        fields["genre"].choices = _named(get_language() or "en")["genre"]
        self.initial.setdefault("zone", person.time_zone)
        self._known_zone()
        fields["zone"].widget.attrs["data-browser-zone"] = ""
        today = timezone.localdate()
        fields["date"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=limits.PLANNED_DAYS)).isoformat(),
        }

    def _known_zone(self) -> None:
        """Offer no choice of none, where there is a zone to start from."""
        if self.initial["zone"] in zones():
            self.fields["zone"].choices = zone_choices()  # type: ignore[attr-defined]

    def start_from(self, session: JamSession, *, again: bool) -> None:
        """Fill in from a session; `again`: for a new one like it, whose day is still to be said."""
        for name in STARTED_FROM:
            self.initial[name] = getattr(session, name)
        if session.starts_at is not None and session.zone in zones():
            wall = wall_of(session.starts_at, session.zone)
            self.initial.update(when=LATER, zone=session.zone, time=session.clock)
            self._known_zone()
            if not again:
                self.initial["date"] = wall.date()
        if again:
            self.initial["weekly"] = False

    def in_a_week(self, session: JamSession, person: User) -> None:
        """Fill in the same time of the day, so many weeks later that it is still to come.

        Of a session that was opened at once, when that was, to the quarter of an hour.
        """
        begun = session.starts_at or session.created_at
        zone = session.zone if session.starts_at is not None else person.time_zone
        zone = zone if zone in zones() else "UTC"
        wall = wall_of(begun, zone)
        if session.starts_at is None:
            wall -= timedelta(minutes=wall.minute % 15)
        clock = session.clock or wall.time().replace(second=0, microsecond=0)
        again = wall_of(week_after(begun, clock, zone, behind=timezone.now()), zone)
        self.initial.update(when=LATER, zone=zone, date=again.date(), time=clock)
        self._known_zone()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "date" in self.fields and self.is_later(values):
            self._clean_time(values)
        return values

    def is_later(self, values: Mapping[str, Any]) -> bool:
        return "when" not in self.fields or values.get("when") == LATER

    def _clean_time(self, values: dict[str, Any]) -> None:
        needed = {
            "date": _("Say on which day."),
            "time": _("Say at what time, such as 20:00."),
            "zone": _("Choose the clock that the time is meant by."),
        }
        for name, said in needed.items():
            if not values.get(name) and name not in self.errors:
                self.add_error(name, said)
        if any(name in self.errors for name in needed):
            return
        try:
            values["when_it_is"] = self._timing(values)
        except ValidationError as fault:
            self.say(fault)

    def _timing(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if self.initial.get("date") and not {"date", "time", "zone"} & set(self.changed_data):
            return {}
        day, today = values["date"], timezone.localdate()
        if abs((day - today).days) > limits.PLANNED_DAYS + 1:
            raise ValidationError({"date": _("A session is planned at most a year ahead.")})
        try:
            starts_at = moment_of(day, values["time"], values["zone"])
        except Skipped:
            said = _("On that day the clocks go forward over this time. Choose another one.")
            raise ValidationError({"time": said}) from None
        return timing.timing(starts_at, values["zone"], values["time"])

    def say(self, fault: ValidationError) -> None:
        """Put what a service found wrong beside the field that it is about."""
        by_name = getattr(fault, "error_dict", {None: [fault]})
        for name, faults in by_name.items():
            field = BESIDE.get(name, name) if name is not None else None
            self.add_error(field if field in self.fields else None, faults)

    def plan(self) -> dict[str, Any]:
        """Return the columns of the plan, of a form that is in order."""
        values = self.cleaned_data
        columns = {name: values[name] for name in ("genre", "tempo", "key", "welcome")}
        if values.get("places"):
            columns["places"] = values["places"]
        columns["recording_wish"] = values["recording_wish"] or RecordingWish.OPEN
        if self.is_later(values):
            columns |= {
                name: values[name]
                for name in ("minutes", "seats", "approval", "weekly")
                if name in self.fields
            }
            columns |= values.get("when_it_is", {})
        return columns
