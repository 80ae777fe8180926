"""Looking for musicians. What is typed here is kept nowhere."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.discovery.index_terms import Wanted, beginnings
from accounts.profile import checks, places
from accounts.profile.vocabulary import GENRES, INSTRUMENTS, Level, by_name, language_names
from foundation.long_lists import LongList, LongSelect

DISTANCES = (0, 10, 25, 50, 100)  # kilometres


@lru_cache(maxsize=16)
def _lists(language: str) -> dict[str, LongList]:
    """Return what each long field offers, by name in the language of the page."""
    named = {
        "instrument": by_name(INSTRUMENTS),
        "genre": by_name(GENRES),
        "language": language_names(),
        "country": places.country_names(language),
    }
    return {field: LongList([("", _("Any")), *pairs]) for field, pairs in named.items()}


class FindForm(forms.Form):
    """What somebody looks for, each thing as optional as the others."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=80,
        help_text=_("The beginning of a stage name or username."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    instrument = forms.ChoiceField(label=_("Instrument"), required=False, widget=LongSelect)
    level = forms.TypedMultipleChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        choices=Level.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    genre = forms.ChoiceField(label=_("Genre"), required=False, widget=LongSelect)
    language = forms.ChoiceField(label=_("Language"), required=False, widget=LongSelect)
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)
    town = forms.CharField(
        label=_("Town"), required=False, max_length=120,
        help_text=_("Of 15,000 people or more, in the country you chose."),
    )  # fmt: skip
    within = forms.TypedChoiceField(
        label=_("How far from there"),
        required=False,
        coerce=int,
        empty_value="0",
        choices=[
            (distance, _("%d km") % distance if distance else _("the town itself"))
            for distance in DISTANCES
        ],
    )
    open = forms.BooleanField(label=_("Open to jam now"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, choices in _lists(get_language() or "en").items():
            fields[name].choices = choices

    def clean_q(self) -> str:
        said: str = self.cleaned_data["q"]
        if said.strip() and not beginnings(said):
            raise forms.ValidationError(_("Give at least a letter or digit of a name."))
        return said

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        try:
            values["place"] = checks.place(values.get("country") or "", values.get("town") or "")
        except forms.ValidationError as fault:
            self.add_error("town", fault)
        return values

    def said(self) -> list[str]:
        """Return what is looked for in the words of the form; of a form that is in order."""
        values, named = self.cleaned_data, self.fields
        words: list[Any] = [values["q"].strip()]
        for name in ("instrument", "level", "genre", "language", "country"):
            chosen = values[name] if isinstance(values[name], list) else [values[name]]
            choices: Any = named[name]
            words += [word for key, word in choices.choices if key != "" and key in chosen]
        words += [values["town"].strip(), named["open"].label if values["open"] else ""]
        return [str(word) for word in words if word]

    def wanted(self) -> Wanted:
        """Return what is looked for; of a form that is in order."""
        values = self.cleaned_data
        country, town, _name = values["place"]
        return Wanted(
            words=values["q"], instrument=values["instrument"], levels=tuple(values["level"]),
            genre=values["genre"], language=values["language"], country=country, town=town,
            within=int(values["within"]), open_now=values["open"],
        )  # fmt: skip
