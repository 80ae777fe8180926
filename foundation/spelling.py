"""Names in any script: how they are compared, found by, and refused when nobody could read them.

A word written in Latin letters is compared by its plain letters ("Søren Łukasz" is "soren lukasz"),
through anyascii's tables; a word in another script by its own spelling, whose optional marks (Greek
and Cyrillic accents, Hebrew and Arabic vowel points) don't count.
"""

import functools
import unicodedata
from collections.abc import Iterator

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Canonical combining classes of marks that people leave out when they type: points of Hebrew and
# Arabic, and what stands above or below a letter. Vowel signs and viramas of Indic and Thai
# scripts and the voicing of kana have others: without them it would be another word.
_POINTS = range(10, 36)
_ABOVE_OR_BELOW = range(200, 256)
# Characters that change the direction of what follows them, against the letters' own.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters, by their category, that show nothing: fillers of Hangul. Braille's blank is a symbol.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: plain Latin letters, or own spelling."""
    return [folded for word in split(text) if (folded := plain(word) if is_latin(word) else word)]


def split(text: str) -> list[str]:
    """Return the words of a text in their own spelling, without case and optional marks."""
    return "".join(_letters(text)).split()


def _letters(text: str) -> Iterator[str]:
    kept = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not _optional(c))
    for c in unicodedata.normalize("NFC", kept):
        if unicodedata.category(c) == "Cf":
            continue  # joiners and soft hyphens stand inside a word
        # Marks belong to their letter; whatever else is no letter and no digit parts words.
        yield c if unicodedata.category(c)[0] in "LMN" and c not in _BLANK else " "


def _optional(character: str) -> bool:
    kind = unicodedata.combining(character)
    return kind in _POINTS or kind in _ABOVE_OR_BELOW


def plain(word: str) -> str:
    """Return a word in the letters a to z and digits; empty where it has no such reading."""
    return "".join(c for c in anyascii(word).lower() if c.isalnum())


@functools.lru_cache(maxsize=4096)
def _is_latin_letter(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN ")


def is_latin(word: str) -> bool:
    """Return whether all letters of a word are Latin ones; digits alone count as Latin."""
    return all(_is_latin_letter(c) for c in word if c.isalpha())


def stands_alone(word: str) -> bool:
    """Return whether the first character can be a word of its own, as in Chinese or Japanese.

    Such scripts have no case, and their characters have category "other letter".
    """
    return unicodedata.category(word[0]) == "Lo"


# What can't be read ---------------------------------------------------------------------


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNSP" and character not in _BLANK


def check_readable(text: str) -> None:
    """Refuse a title that shows nothing, or turns round the writing beside it.

    Raises ValidationError. An empty text is for the field to judge.
    """
    if any(c in _OVERRIDES for c in text):
        raise ValidationError(
            _("This holds an invisible character that turns the writing round. Type it anew."),
            code="direction",
        )
    if text and not any(_is_visible(c) for c in text):
        raise ValidationError(
            _("Nothing of this can be seen. Type at least one letter."), code="invisible"
        )


def check_name(text: str) -> None:
    """Refuse a name of somebody or something without a letter or digit that can be seen."""
    check_readable(text)
    if text and not split(text):
        raise ValidationError(
            _("A name has at least one letter or digit that can be seen."), code="invisible"
        )
