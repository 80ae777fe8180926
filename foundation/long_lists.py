"""Long lists to choose from that are the same for everybody: their options are written once.

Countries, languages, instruments and genres are a thousand options on one page. Django makes a
dictionary of each at every request; here only the chosen one differs from what is kept.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from foundation.form_renderer import attributes_of, option_of


class LongList(BaseChoiceIterator):
    """Pairs of value and words, in one language; kept by who makes it (`functools.lru_cache`)."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = [(value, str(words)) for value, words in pairs]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __deepcopy__(self, memo: Any) -> "LongList":
        return self

    @cached_property
    def _place(self) -> dict[str, int]:
        return {value: place for place, (value, _words) in enumerate(self.pairs)}

    @cached_property
    def _written(self) -> list[str]:
        return [option_of(*pair, {}) for pair in self.pairs]

    def options(self, chosen: str) -> str:
        """Return all options as HTML, with the one of this value chosen."""
        if (place := self._place.get(chosen)) is None:
            return "\n".join(self._written)
        there = option_of(*self.pairs[place], {"selected": True})
        return "\n".join((*self._written[:place], there, *self._written[place + 1 :]))


class LongSelect(forms.Select):
    """A select of a `LongList`; whatever else its choices are, Django's."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        if not isinstance(self.choices, LongList):
            return super().render(name, value, attrs, renderer)
        written = attributes_of(self.build_attrs(self.attrs, attrs))
        opened = format_html('<select name="{}"{}>', name, written)
        chosen = "" if value is None else str(value)
        return mark_safe(f"{opened}\n{self.choices.options(chosen)}\n</select>")  # noqa: S308
