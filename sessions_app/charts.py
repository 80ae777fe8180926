"""Lines of charts: chords over words, grids of bars, names of parts.

A line is plain text. `[Am7]` before a syllable is the chord that stands over it; `| Am7 | D7 |` is
a grid of bars; a bracket alone that holds no chord, such as `[Chorus]`, names a part. What isn't
read as a chord stays what it is: words. `frontend/jam/charts.ts` reads them alike, and both are
held to `tests/sessions_app/charts.json`.
"""

import re
from typing import Any

LONGEST = 16  # characters of a chord
NOTE = r"[A-G][#b♯♭]?"
_QUALITY = (
    r"maj|min|dim|aug|sus|alt|add|no3|no5|mi|m|M|°|ø|Δ|\+|-|6/9|11|13|2|4|5|6|7|9"
    r"|[#b♯♭](?=5|9|11|13)|\(|\)"
)
_CHORD = re.compile(rf"({NOTE})((?:{_QUALITY})*)(?:/({NOTE}))?|N\.?C\.?")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
# What a bar may hold beside chords: the one before again, beats, a rest; signs of repetition.
_BAR_SIGNS = {"%", "/", "-", ":", "·", "x"}


def is_chord(text: str) -> bool:
    """Return whether a text is the name of a chord, such as "F#m7b5" or "C/E"; "N.C." is none."""
    return len(text) <= LONGEST and _CHORD.fullmatch(text) is not None


def read(line: str) -> dict[str, Any]:
    """Return a line as what it is; `unknown`: what stands where a chord would, and is none.

    - `{"kind": "words", "parts": [[chord or "", words], …], "unknown": […]}`
    - `{"kind": "bars", "bars": [[chord or sign, …], …], "unknown": […]}`
    - `{"kind": "part", "name": …}`
    """
    text = line.strip()
    if text.startswith("|") and "|" in text[1:]:
        return _bars(text)
    named = _BRACKET.fullmatch(text)
    if named and named[1].strip() and not is_chord(named[1].strip()):
        return {"kind": "part", "name": named[1].strip()}
    return _words(line)


def _bars(text: str) -> dict[str, Any]:
    bars = [bar.split() for bar in text.strip("|").split("|")]
    tokens = [token for bar in bars for token in bar]
    unknown = [one for one in tokens if one not in _BAR_SIGNS and not is_chord(one)]
    return {"kind": "bars", "bars": bars, "unknown": unknown}


def _words(line: str) -> dict[str, Any]:
    parts: list[list[str]] = [["", ""]]
    unknown: list[str] = []
    end = 0
    for found in _BRACKET.finditer(line):
        parts[-1][1] += line[end : found.start()]
        end = found.end()
        inside = found[1].strip()
        if is_chord(inside):
            parts.append([inside, ""])
        else:
            parts[-1][1] += found[0]
            unknown.append(inside)
    parts[-1][1] += line[end:]
    if len(parts) > 1 and parts[0] == ["", ""]:
        del parts[0]
    return {"kind": "words", "parts": parts, "unknown": unknown}
