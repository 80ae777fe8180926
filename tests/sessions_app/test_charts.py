"""Chords typed as such: what is read as one, what stays words. The browser reads them alike."""

import json
import re
from pathlib import Path

from django.conf import settings

from sessions_app import charts
from sessions_app.vocabulary import Key

CASES = json.loads(Path(__file__).with_name("charts.json").read_text())


def test_names_of_chords_are_known_and_nothing_else_is_taken_for_one() -> None:
    assert [one for one in CASES["chords"] if not charts.is_chord(one)] == []
    assert [one for one in CASES["no_chords"] if charts.is_chord(one)] == []


def test_a_line_is_words_bars_or_the_name_of_a_part() -> None:
    assert [[line, charts.read(line)] for line, _read in CASES["lines"]] == CASES["lines"]


def test_every_line_keeps_all_its_words() -> None:
    for line, _read in CASES["lines"]:
        read = charts.read(line)
        if read["kind"] == "words":
            parts = [f"[{chord}]{words}" if chord else words for chord, words in read["parts"]]
            whole = "".join(parts)
            assert whole == line.replace("[ C/E ]", "[C/E]")


def test_the_room_offers_the_keys_that_there_are() -> None:
    words = (Path(settings.BASE_DIR) / "frontend" / "jam" / "words.ts").read_text()
    listed = re.findall(r'"([a-g][a-z-]*-(?:major|minor))": "([^"]*)"', words)
    assert listed == [(key.value, str(key.label)) for key in Key]
