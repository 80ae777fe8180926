"""The kinds of parts that a profile may have several of: texts, lists of words, lists of lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from rest_framework import serializers

from accounts.profile import checks, prose
from accounts.profile.fields.base import Columns, Inputs, ProfileField
from accounts.profile.fields.shapes import NamedSerializer, listed
from accounts.profile.models import Profile
from accounts.profile.places import fold
from accounts.profile.vocabulary import Words, names
from privacy.gate.viewer import Viewer

TOLD = 200  # characters of a text that link previews and machines are told
Answers = dict[str, serializers.Field[Any, Any, Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Text(ProfileField):
    """One line. `attrs`: of its control; `suggests`: words that are offered, never asked for.

    - `checked`: the check of a line that isn't any text; its control then takes `longest`
      characters, as people write it in more ways than it is stored.
    """

    attrs: Mapping[str, str] = field(default_factory=dict)
    suggests: tuple[Any, ...] = ()
    checked: Callable[[Any], Any] | None = None
    longest: int = 0

    def check(self, value: Any) -> Any:
        return (self.checked or checks.text(self.column))(value)

    def _input(self) -> forms.Field:
        offers = {"list": f"{self.name}-offers", "autocomplete": "off"} if self.suggests else {}
        return forms.CharField(
            label=self.question, required=False, help_text=self.hint,
            max_length=self.longest or self.stored.max_length,
            widget=forms.TextInput(attrs={**offers, **self.attrs}),
        )  # fmt: skip

    def answers(self) -> Answers:
        return {self.key: serializers.CharField()}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return serializers.CharField(allow_blank=True)


@dataclass(frozen=True, kw_only=True)
class Prose(ProfileField):
    """Several lines, in Markdown."""

    kind: str = "prose"
    shows: str = "prose"

    def check(self, value: Any) -> str:
        return checks.long_text(self.column)(value)

    def _input(self) -> forms.Field:
        return forms.CharField(
            label=self.question, required=False, max_length=self.stored.max_length,
            widget=forms.Textarea(attrs={"rows": 5}), help_text=self.hint,
        )  # fmt: skip

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        text = getattr(profile, self.column)
        return {self.key: text, f"{self.key}_html": prose.html(text)}

    def on_page(self, person: Mapping[str, Any]) -> Any:
        return person[f"{self.key}_html"]

    def linked(self, face: Any) -> dict[str, Any]:
        text = getattr(face, self.column)
        return {self.linked_as: prose.plain(text, TOLD)} if self.linked_as and text else {}

    def answers(self) -> Answers:
        return {
            self.key: serializers.CharField(help_text="Markdown"),
            f"{self.key}_html": serializers.CharField(help_text="the same as safe HTML"),
        }

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return serializers.CharField(allow_blank=True, trim_whitespace=False)


class TickedWords(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


@dataclass(frozen=True, kw_only=True)
class Ticks(ProfileField):
    """Words of a list of ours, several of them. `of`: slug → name.

    - `most`: how many; `folds`: they are more than fit a form; `ordered`: the list's own order
      holds in the form and wherever they are shown, else the form's is by name.
    """

    of: Words
    most: int
    folds: bool = False
    ordered: bool = False
    kind: str = "tags"

    def check(self, value: Any) -> list[str]:
        return checks.slugs(value, self.of, self.most)

    def _input(self) -> forms.Field:
        words = list(self.of.items())
        if not self.ordered:
            words.sort(key=lambda pair: fold(str(pair[1])))
        return TickedWords(label=self.question, required=False, help_text=self.hint, choices=words)

    def shown(self, profile: Any, viewer: Viewer) -> dict[str, Any]:
        return {self.key: names(self.of, self._told(profile))}

    def linked(self, face: Any) -> dict[str, Any]:
        names = [str(self.of[key]) for key in self._told(face) if key in self.of]
        return {self.linked_as: names} if self.linked_as and names else {}

    def _told(self, profile: Any) -> Sequence[str]:
        values: Sequence[str] = getattr(profile, self.column)
        return [key for key in self.of if key in values] if self.ordered else values

    def answers(self) -> Answers:
        return {self.key: NamedSerializer(many=True)}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return listed()


@dataclass(frozen=True, kw_only=True)
class Lines(ProfileField):
    """A list of a person's own words, one a line in the form.

    How many and how long the column says, and `hint` may: %(most)d, %(longest)d.
    """

    attrs: Mapping[str, str] = field(default_factory=dict)
    shows: str = "tags"
    rows: int = 3

    def check(self, value: Any) -> list[str]:
        return checks.texts(self.column)(value)

    def _input(self) -> forms.Field:
        most, longest = self.stored.size, self.stored.base_field.max_length
        return forms.CharField(
            label=self.question, required=False, max_length=most * (longest + 2),
            widget=forms.Textarea(attrs={"rows": self.rows, **self.attrs}),
            help_text=self.hint % {"most": most, "longest": longest},
        )  # fmt: skip

    def initial(self, profile: Profile) -> Inputs:
        return {self.input: "\n".join(getattr(profile, self.column))}

    def clean(self, values: Inputs, profile: Profile) -> Columns:
        return {self.column: self.check(values[self.input].splitlines())}

    def on_page(self, person: Mapping[str, Any]) -> Any:
        return [{"name": name} for name in person[self.key]]

    def answers(self) -> Answers:
        return {self.key: serializers.ListField(child=serializers.CharField())}

    def takes(self) -> serializers.Field[Any, Any, Any, Any]:
        return listed()
