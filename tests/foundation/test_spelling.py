"""Names in any script: what they are compared by, and what is no name."""

import pytest
from django.core.exceptions import ValidationError

from foundation import spelling

INVISIBLE = ["\u200b\u200b\u200b", "\u3164\u3164", "\u2800", "\u00ad", "\u115f\uffa0"]
TURNED = ["\u202eevil reel", "live\u2066", "a\u202db"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Søren Łukasz", ["soren", "lukasz"]),
        ("Ángström-Straße", ["angstrom", "strasse"]),
        ("José", ["jose"]),
        ("Jose\u0301", ["jose"]),
        ("ıstanbul İzmir", ["istanbul", "izmir"]),
        ("đ þ æ ø ł", ["d", "th", "ae", "o", "l"]),
        ("ศิริ", ["ศิริ"]),
        ("मीनू", ["मीनू"]),
        ("雪", ["雪"]),
        ("DJ雪", ["dj雪"]),
        ("Ёлка", ["елка"]),
        ("שָׁלוֹם", ["שלום"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("がか", ["がか"]),
        ("O’Neil", ["o", "neil"]),
        ("?! 🎸", []),
    ],
)
def test_a_word_is_compared_by_plain_letters_or_its_own_spelling(
    text: str, words: list[str]
) -> None:
    assert spelling.words(text) == words


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_nobody_can_see_is_neither_name_nor_title(text: str) -> None:
    for check in (spelling.check_name, spelling.check_readable):
        with pytest.raises(ValidationError) as refused:
            check(text)
        assert refused.value.code == "invisible"


@pytest.mark.parametrize("text", TURNED)
def test_what_turns_the_writing_round_is_neither_name_nor_title(text: str) -> None:
    for check in (spelling.check_name, spelling.check_readable):
        with pytest.raises(ValidationError) as refused:
            check(text)
        assert refused.value.code == "direction"


def test_a_title_may_be_a_picture_and_a_name_has_a_letter() -> None:
    spelling.check_readable("🎸🔥")
    with pytest.raises(ValidationError):
        spelling.check_name("🎸🔥")
    for name in ("雪", "Q", "50 Cent", "שלום", "🎸 Otis", "ʻOkina"):
        spelling.check_name(name)
