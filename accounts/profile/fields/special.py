"""The parts of a profile that are of a kind of their own."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.profile import checks, places, values
from accounts.profile.fields.base import Columns, Inputs, ProfileField
from accounts.profile.fields.kinds import Answers, Lines
from accounts.profile.fields.shapes import (
    InstrumentSerializer,
    LanguageSerializer,
    PlaceSerializer,
    listed,
)
from accounts.profile.inputs.photos import PhotoField
from accounts.profile.inputs.rows import InstrumentRows, LanguageRows
from accounts.profile.models import MAX_INSTRUMENTS, Plays, Profile
from accounts.profile.vocabulary import INSTRUMENTS, language_name
from foundation.addresses import absolute
from foundation.settings_map import Entry
from privacy.gate.viewer import NOBODY, Viewer
from privacy.sharing.media import url_for

KEEP = "keep"
HOURS = (1, 3, 24, 72, 168)


@dataclass(frozen=True, kw_only=True)
class Picture(ProfileField):
    """The photo, in its sizes; a file, so forms and copies bring it by `replace_photo`."""

    kind: str = "photo"

    def _input(self) -> forms.Field:
        return PhotoField(label=self.question)

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        return {}

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        return values.photo_urls(profile, viewer)

    def linked(self, face: Any) -> dict[str, Any]:
        return {"image": absolute(url_for(face, "photo", NOBODY))} if face.photo else {}

    def answers(self) -> Answers:
        names = ("photo_url", "photo_middle_url", "photo_small_url")
        return {name: serializers.CharField(allow_null=True) for name in names}

    def takes(self) -> None:
        return None

    def bring(self, row: Mapping[str, Any]) -> Columns:
        return {}


@dataclass(frozen=True, kw_only=True)
class Links(Lines):
    """Addresses of web pages, shown by the names people read them by."""

    shows: str = "links"

    def check(self, value: Any) -> list[str]:
        return checks.links(value)

    def on_page(self, person: Mapping[str, Any]) -> Any:
        return [{"url": link, "name": values.link_name(link)} for link in person[self.key]]


@dataclass(frozen=True, kw_only=True)
class Languages(ProfileField):
    """Languages, typed by their names and stored by their codes (ISO 639)."""

    kind: str = "rows"
    shows: str = "words"

    def check(self, value: Any) -> list[str]:
        return checks.languages(value)

    def _input(self) -> forms.Field:
        return forms.Field(
            label=self.question, required=False, widget=LanguageRows, help_text=self.hint
        )

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        value = getattr(profile, self.column)
        return {self.key: [{"code": code, "name": language_name(code)} for code in value]}

    def answers(self) -> Answers:
        return {self.key: LanguageSerializer(many=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return listed()


@dataclass(frozen=True, kw_only=True)
class Instruments(ProfileField):
    """What somebody plays, and how well: rows of `Plays`, under this name wherever columns are."""

    kind: str = "rows"
    shows: str = "plays"

    def check(self, value: Any) -> list[tuple[str, int]]:
        return checks.instruments(value)

    def is_told(self, profile: Any) -> bool:
        return bool(profile.instruments)

    def _input(self) -> forms.Field:
        return forms.Field(label=self.question, required=False, widget=InstrumentRows)

    def initial(self, profile: Profile) -> Inputs:
        played = Plays.objects.filter(user=profile.user_id)
        return {self.input: list(played.values_list("instrument", "level"))}

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        return {self.name: self.check(values[self.input])}

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        return {self.key: values.instruments(profile)}

    def linked(self, face: Any) -> dict[str, Any]:
        played = [
            instrument.instrument
            for instrument in face.instruments
            if instrument.instrument in INSTRUMENTS
        ]
        return {self.linked_as: [str(INSTRUMENTS[slug]) for slug in played]} if played else {}

    def answers(self) -> Answers:
        return {self.key: InstrumentSerializer(many=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return InstrumentSerializer(many=True)

    def take(self, value: Any) -> Columns:
        pairs = [(instrument["slug"], instrument["level"]) for instrument in value]
        return {self.name: self.check(pairs[: MAX_INSTRUMENTS + 1])}

    def bring(self, row: Mapping[str, Any]) -> Columns:
        return {}  # they come as rows of their own


@dataclass(frozen=True, kw_only=True)
class Place(ProfileField):
    """A country and a larger town."""

    kind: str = "place"
    town: Any = ""
    town_hint: Any = ""
    town_effect: Any = ""
    town_looked_for: Any = ""

    @property
    def input(self) -> str:
        return "country"

    @property
    def faults_at(self) -> str:
        return "town"

    def inputs(self, profile: Profile) -> Inputs:
        countries = places.country_names(get_language() or "en")
        return {
            "country": forms.ChoiceField(
                label=self.question, required=False, choices=[("", _("not told")), *countries]
            ),
            "town": forms.CharField(
                label=self.town, required=False, max_length=120, help_text=self.town_hint,
                widget=forms.TextInput(attrs={"list": "towns", "autocomplete": "off"}),
            ),
        }  # fmt: skip

    def initial(self, profile: Profile) -> Inputs:
        return {"country": profile.country, "town": profile.town}

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        country, town = values["country"], values["town"]
        same = (country, town) == (profile.country, profile.town)
        key = profile.town_id if same else None  # of two towns of one name, the one it was
        if key is not None:
            return self._columns(checks.place(country, key=key))
        return self._columns(checks.place(country, town))

    def entries(self) -> list[Entry]:
        town = self._entry(self.town, self.town_effect, self.town_looked_for, "town")
        return [*super().entries(), town]

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        return {self.key: values.place(profile)}

    def linked(self, face: Any) -> dict[str, Any]:
        if not face.country:
            return {}
        town = {"addressLocality": face.town} if face.town else {}
        return {self.linked_as: {"@type": "PostalAddress", "addressCountry": face.country, **town}}

    def answers(self) -> Answers:
        return {self.key: PlaceSerializer(allow_null=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return PlaceSerializer(allow_null=True)

    def take(self, value: Any) -> Columns:
        place = value or {}
        return self._columns(checks.place(place.get("country", ""), place.get("town", "")))

    def bring(self, row: Mapping[str, Any]) -> Columns:
        return self._columns(checks.place(row.get("country") or "", key=row.get("town_id")))

    def _columns(self, place: checks.Place) -> Columns:
        return dict(zip(self.columns, place, strict=True))


@dataclass(frozen=True, kw_only=True)
class OpenUntil(ProfileField):
    """Until when somebody would play; ends by itself, so copies don't bring it."""

    kind: str = "until"

    @property
    def key(self) -> str:
        return self.column

    def check(self, value: Any) -> datetime.datetime | None:
        return checks.until(value)

    def is_told(self, profile: Any) -> bool:
        return bool(profile.is_available)

    def inputs(self, profile: Profile) -> Inputs:
        asked = forms.ChoiceField(
            label=self.question, required=False, choices=_spans(profile), help_text=self.hint
        )
        return {self.input: asked}

    def initial(self, profile: Profile) -> Inputs:
        return {self.input: KEEP if profile.is_available else ""}

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        chosen = values[self.input]
        if chosen == KEEP:
            return {self.column: profile.available_until}
        until = timezone.now() + datetime.timedelta(hours=int(chosen)) if chosen else None
        return {self.column: until}

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        return {self.key: profile.available_until if profile.is_available else None}

    def answers(self) -> Answers:
        return {self.key: serializers.DateTimeField(allow_null=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return serializers.DateTimeField(allow_null=True)

    def bring(self, row: Mapping[str, Any]) -> Columns:
        return {}


def _spans(profile: Profile) -> list[tuple[str, Any]]:
    spans: list[tuple[str, Any]] = [("", _("not now"))]
    if profile.is_available:
        spans.insert(0, (KEEP, _("as it is")))
    for hours in HOURS:
        days = hours // 24
        words = (
            ngettext("for %(n)d day", "for %(n)d days", days) % {"n": days}
            if days
            else ngettext("for %(n)d hour", "for %(n)d hours", hours) % {"n": hours}
        )
        spans.append((str(hours), words))
    return spans


@dataclass(frozen=True, kw_only=True)
class Day(ProfileField):
    """A birthday."""

    shows: str = "fact"

    def check(self, value: Any) -> datetime.date | None:
        return checks.birthday(value)

    def _input(self) -> forms.Field:
        return forms.CharField(
            label=self.question, required=False, max_length=10,
            widget=forms.TextInput(attrs={"type": "date", "autocomplete": "bday"}),
        )  # fmt: skip

    def initial(self, profile: Profile) -> Inputs:
        day = getattr(profile, self.column)
        return {self.input: day.isoformat() if day else ""}

    def on_page(self, person: Mapping[str, Any]) -> Any:
        return date_format(person[self.key]) if person[self.key] else ""

    def linked(self, face: Any) -> dict[str, Any]:
        day = getattr(face, self.column)
        return {self.linked_as: day.isoformat()} if day else {}

    def answers(self) -> Answers:
        return {self.key: serializers.DateField(allow_null=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return serializers.CharField(allow_blank=True, allow_null=True)
