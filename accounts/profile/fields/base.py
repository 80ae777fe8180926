"""What one part of a profile is to forms, pages, the API, copies, the data map and the policy.

A part is written down once, in `accounts.profile.fields.registered`; whatever shows profiles or
takes them in asks here, and knows none of them by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from rest_framework import serializers

from accounts.profile.models import FIELDS, Profile
from foundation.settings_map import Entry
from privacy.datamap import Datum
from privacy.gate.audiences import Audience, AudienceField
from privacy.gate.viewer import Viewer

Inputs = dict[str, Any]  # name of a form's field → the field, or its value
Columns = dict[str, Any]  # name of a column → what is stored


@dataclass(frozen=True)
class Section:
    """One part of the form, with the fields of it that are no `ProfileField`."""

    key: str
    title: Any
    text: Any = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProfileField:
    """One part of a profile, with an audience of its own; `<name>_audience` holds that.

    - `name`: a key of `accounts.profile.models.FIELDS`, which says its columns.
    - `label`: what it is called; `asks`: in the form, where it is another word there.
    - `section`: the part of the form (and so of the settings) it stands in; `hint`: below it there.
    - `effect`, `looked_for`: its sentence in the index of the settings, and other words for it.
    - `policy`: what the policy calls it, after "your".
    - `data`: what the data map declares of each column.
    - `shows`: how the page of a person shows it, a branch of `accounts/profile/about.html`; without
      one the head of the page does. `heading`: what stands over it there, if not its label.
    - `linked_as`: the property of schema.org that tells it to machines, if one does.
    - `examples`: what people of the demo world tell, in turn, as the API takes it.
    """

    name: str
    label: Any
    section: str
    effect: Any
    looked_for: Any
    policy: str
    data: Mapping[str, Datum] = field(default_factory=dict)
    asks: Any = ""
    hint: Any = ""
    shows: str = ""
    heading: Any = ""
    linked_as: str = ""
    examples: tuple[Any, ...] = ()
    kind: str = ""  # how the form shows it: a branch of accounts/profile/part.html

    # What it is made of ------------------------------------------------------------------

    @property
    def columns(self) -> tuple[str, ...]:
        return FIELDS[self.name]

    @property
    def column(self) -> str:
        """The one column of most parts."""
        return self.columns[0]

    @property
    def stored(self) -> Any:
        """The model's field of the one column."""
        return Profile._meta.get_field(self.column)

    @property
    def key(self) -> str:
        """What the API calls it."""
        return self.name

    @property
    def audience(self) -> AudienceField:
        """The model's field that holds who sees it."""
        column: AudienceField = Profile._meta.get_field(f"{self.name}_audience")  # type: ignore[assignment]
        return column

    @property
    def begins_private(self) -> bool:
        """Whether only its person sees it until they say otherwise."""
        return bool(self.audience.get_default() == Audience.ME)

    def check(self, value: Any) -> Any:
        """Return what is stored for a value. Raises ValidationError with a sentence."""
        raise NotImplementedError

    def is_told(self, profile: Any) -> bool:
        """Return whether there is anything in it that somebody could see."""
        return any(getattr(profile, column) for column in self.columns)

    # The form ----------------------------------------------------------------------------

    @property
    def input(self) -> str:
        """The form's field that it is led by, and its id in the page."""
        return self.name

    @property
    def faults_at(self) -> str:
        """The form's field beside which a fault is told."""
        return self.input

    @property
    def question(self) -> Any:
        return self.asks or self.label

    def inputs(self, profile: Profile) -> Inputs:
        """Return the fields of a form that ask for it."""
        return {self.input: self._input()}

    def _input(self) -> forms.Field:
        raise NotImplementedError

    def initial(self, profile: Profile) -> Inputs:
        """Return what these hold before anything is changed."""
        return {self.input: getattr(profile, self.column)}

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        """Return columns from what a form's fields hold. Raises ValidationError."""
        return {self.column: self.check(values[self.input])}

    def entries(self) -> list[Entry]:
        """Return what the index of the settings lists of it."""
        return [self._entry(self.label, self.effect, self.looked_for, self.input)]

    def _entry(self, title: Any, effect: Any, words: Any, name: str) -> Entry:
        return Entry("profile", title, effect, "edit_profile", anchor=f"id_{name}", words=words)

    # Pages and the API -------------------------------------------------------------------

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        """Return the values that pages and the API show; hidden ones were emptied before."""
        return {self.key: getattr(profile, self.column)}

    def on_page(self, person: Mapping[str, Any]) -> Any:
        """Return what its branch of the template shows, of what `shown` gave."""
        return person[self.key]

    def linked(self, face: Any) -> dict[str, Any]:
        """Return what machines are told, in the words of schema.org; lists are joined."""
        value = getattr(face, self.column) if self.linked_as else None
        return {self.linked_as: value} if value else {}

    def answers(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return what the API says of it, by name."""
        raise NotImplementedError

    def takes(self) -> serializers.Field[Any, Any, Any, Any] | None:
        """Return what the API takes under `key`; None for what is not changed there."""
        raise NotImplementedError

    def take(self, value: Any) -> Columns:
        """Return columns from what the API took. Raises ValidationError."""
        return {self.column: self.check(value)}

    # Copies ------------------------------------------------------------------------------

    def bring(self, row: Mapping[str, Any]) -> Columns:
        """Return columns from a row of somebody's copy. Raises ValidationError."""
        return {self.column: self.check(row.get(self.column))}
