"""The words people are found by, and what is looked for, in one form.

A word says what it is about and its value: "i:harp" plays the harp, "i:harp:3" at level 3, "v:3"
anything at level 3, "g:jazz", "l:en", "c:DE" country, "t:2950159" town, "w:haz" a name with a part
that begins so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.profile import places
from foundation import spelling

SHORTEST, LONGEST = 2, 10  # letters of the beginning of a name that count; all of a shorter one
MAX_PARTS = 5  # parts of a name that count


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Empty: anybody who wants to be found."""

    words: str = ""
    instrument: str = ""
    levels: tuple[int, ...] = ()
    genre: str = ""
    language: str = ""
    country: str = ""
    town: int | None = None
    within: int = 0  # kilometres around the town
    open_now: bool = False

    def criteria(self) -> Iterator[list[str]]:
        """Yield lists of words: of each list, a person has at least one."""
        yield from ([f"w:{part}"] for part in beginnings(self.words))
        if self.instrument and self.levels:
            yield [f"i:{self.instrument}:{level}" for level in self.levels]
        elif self.instrument:
            yield [f"i:{self.instrument}"]
        elif self.levels:
            yield [f"v:{level}" for level in self.levels]
        for kind, value in (("g", self.genre), ("l", self.language)):
            if value:
                yield [f"{kind}:{value}"]
        if self.town is not None:
            yield [f"t:{town}" for town in places.around(self.town, self.within)]
        elif self.country:
            yield [f"c:{self.country}"]


def played(instruments: Iterable[tuple[str, int]]) -> set[str]:
    terms = set()
    for slug, level in instruments:
        terms |= {f"i:{slug}", f"i:{slug}:{level}", f"v:{level}"}
    return terms


def placed(country: str, town: int | None) -> set[str]:
    return {f"c:{country}"} | ({f"t:{town}"} if town else set()) if country else set()


def named(name: str) -> set[str]:
    """Return the beginnings of every part of a name: in its own script, and in plain letters."""
    forms = {*spelling.words(name), *map(spelling.plain, spelling.split(name))} - {""}
    return {f"w:{beginning}" for form in forms for beginning in _beginnings(form)}


def _beginnings(word: str) -> Iterator[str]:
    shortest = 1 if spelling.stands_alone(word) else min(SHORTEST, len(word))
    for length in range(shortest, min(len(word), LONGEST) + 1):
        yield word[:length]


def beginnings(text: str) -> list[str]:
    """Return the parts of what was typed, as far as they count."""
    parts = [part[:LONGEST] for part in spelling.words(text)]
    return list(dict.fromkeys(parts))[:MAX_PARTS]
