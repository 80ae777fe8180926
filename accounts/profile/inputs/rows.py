"""Lists of which a form shows one row each, and some empty ones; they need no scripts."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string

from accounts.profile.models import MAX_INSTRUMENTS, MAX_LANGUAGES
from accounts.profile.places import fold
from accounts.profile.vocabulary import INSTRUMENTS, Level, language_name, language_names

SPARE = 2  # empty rows


def _several(data: Any, name: str) -> list[str]:
    values: list[str] = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    return values


class _Rows(forms.Widget):
    """A widget whose template is a list of rows."""

    most = 0
    use_fieldset = True

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Render with a template of the site: Django's renderer of forms doesn't look there."""
        return render_to_string(str(self.template_name), self.get_context(name, value, attrs))

    def rows(self, value: list[Any]) -> list[Any]:
        """Return the rows to show: those that hold something, and a few that don't."""
        spare = SPARE + getattr(self, "more", 0)
        return [*value, *[None] * spare][: max(self.most, len(value))]

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return id_

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # an empty list is a list


class InstrumentRows(_Rows):
    template_name = "accounts/profile/instruments.html"
    most = MAX_INSTRUMENTS

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> list[tuple[str, str]]:
        pairs = zip(_several(data, "instrument"), _several(data, "level"), strict=False)
        return [(slug, level) for slug, level in pairs if slug]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        names = sorted(INSTRUMENTS.items(), key=lambda pair: fold(str(pair[1])))
        rows = [
            {"instrument": row[0], "level": str(row[1])} if row else {"instrument": "", "level": ""}
            for row in self.rows(list(value or []))
        ]
        return {
            **super().get_context(name, value, attrs),
            "rows": rows,
            "instruments": names,
            "levels": [(str(level.value), level.label) for level in Level],
        }


class LanguageRows(_Rows):
    """Names are typed, with suggestions; what is stored are codes."""

    template_name = "accounts/profile/languages.html"
    most = MAX_LANGUAGES

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        said = [text.strip() for text in _several(data, name)]
        return [_code(text) for text in said if text]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = [language_name(code) if code else "" for code in self.rows(list(value or []))]
        names = [known for _code_of, known in language_names()]
        return {**super().get_context(name, value, attrs), "rows": rows, "names": names}


def _code(said: str) -> str:
    """Return the code of a language by its name; what nobody knows stays, for the check to say."""
    folded = fold(said)
    return next((code for code, name in language_names() if fold(name) == folded), said[:40])
