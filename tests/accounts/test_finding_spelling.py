"""Names and towns are found in any spelling."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.discovery import index_terms as finding
from accounts.profile import places
from tests.accounts.musicians import found, musician

pytestmark = pytest.mark.django_db
BERLIN, POTSDAM = 2950159, 2852458


def test_names_are_found_by_their_beginnings_in_any_spelling() -> None:
    assert finding.named("Ünal-Blue") == {
        "w:un", "w:una", "w:unal", "w:bl", "w:blu", "w:blue",
    }  # fmt: skip
    assert finding.beginnings("  BLÜ x noteworthiness ") == ["blu", "x", "noteworthi"]
    assert finding.beginnings("?!") == []
    assert max(len(word) for word in finding.named("x" * 60)) == 12


@pytest.mark.clause("finding")
def test_names_of_any_script_are_found_as_they_are_spelled_and_by_plain_letters() -> None:
    for name, stage in {
        "thai": "ศิริ", "hindi": "मीनू", "snow": "雪", "snowy": "雪乃", "seoul": "김철수",
        "pine": "Ёлка", "north": "Søren Łukasz", "saga": "Þórður Æsir", "quiet": "Q",
    }.items():  # fmt: skip
        musician(name, stage_name=stage)
    visitor = Client()
    for typed, want in {
        "ศิริ": ["thai"], "ศิ": ["thai"], "siri": ["thai"],
        "मीनू": ["hindi"], "minu": ["hindi"],
        "雪": ["snowy", "snow"], "雪乃": ["snowy"], "xue": ["snowy", "snow"],
        "김철수": ["seoul"], "김": ["seoul"], "gim": ["seoul"],
        "Елка": ["pine"], "ёл": ["pine"], "elka": ["pine"],
        "soren": ["north"], "SØREN": ["north"], "lukasz": ["north"], "łuk": ["north"],
        "thordur": ["saga"], "aesir": ["saga"], "þórður æs": ["saga"],
        "q": ["quiet"], "s": [], "z": [],
    }.items():  # fmt: skip
        assert found(visitor, f"?{urlencode({'q': typed})}") == want, typed


def test_where_one_letter_finds_nobody_the_page_says_why() -> None:
    musician("lumen", stage_name="Lumen")
    words = "One letter finds names that have it as a whole word."
    assert words in Client().get("/find/?q=l").content.decode()
    assert words not in Client().get("/find/?q=lx").content.decode()
    assert found(Client(), "?q=lu") == ["lumen"]


def test_towns_are_found_in_any_spelling() -> None:
    for country, typed, name in [
        ("PL", "Łódź", "Łódź"), ("PL", "lodz", "Łódź"), ("DK", "aarhus", "Århus"),
        ("DK", "Århus", "Århus"), ("TH", "กรุงเทพมหานคร", "Bangkok"), ("JP", "東京", "Tokyo"),
    ]:  # fmt: skip
        town = places.find_town(country, typed)
        assert town is not None and town.name == name, typed


def test_towns_around_a_town_are_those_within_the_distance() -> None:
    assert places.around(BERLIN, 0)[0] == BERLIN
    assert POTSDAM not in places.around(BERLIN, 10)
    assert POTSDAM in places.around(BERLIN, 50)
    wide = places.around(BERLIN, 100)
    centre = places.near(BERLIN)
    assert centre is not None and len(wide) == len(set(wide)) > 50
    assert set(places.around(BERLIN, 50)) < set(wide)
    assert places.around(-1, 50) == (-1,)
