"""Finding a setting by any word of it: prefixes and slips of the finger included.

Some fifty entries of about twenty words are compared at each question; how alike two words are is
rapidfuzz's. The weights stay hand-written: its ready-made scores don't tell the beginning of a word
from a slip. Nothing is indexed, counted or remembered of what somebody looked for.
"""

from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Indel

from foundation import spelling
from foundation.settings_map import Entry, Page, entries, page_of

LONGEST = 80  # letters of a question
_WEIGHTS = (("title", 4.0), ("words", 3.0), ("effect", 1.5), ("page", 1.0))
# Words that say nothing about what is looked for; skipped unless there is nothing else.
_FILLING = frozenset(
    "a am an and are be by can do does for from how i in is it may me my of on or see the this to "
    "turn want what when where which who with".split()
)


@dataclass(frozen=True)
class Hit:
    """One entry found, and the page it is on."""

    entry: Entry
    page: Page
    score: float


def find(person: Any, question: str) -> list[Hit]:
    """Return what matches every word of a question, best first."""
    words = _words(question[:LONGEST])
    telling = [word for word in words if word not in _FILLING] or words
    if not telling:
        return []
    hits = []
    for entry in entries(person):
        texts = _texts(entry)
        scores = [_best(word, texts) for word in telling]
        if min(scores) > 0:
            hits.append(Hit(entry, page_of(entry), sum(scores)))
    return sorted(hits, key=lambda hit: -hit.score)  # stable: page by page where alike


def _texts(entry: Entry) -> list[tuple[list[str], float]]:
    texts = {
        "title": entry.title,
        "words": entry.words,
        "effect": entry.effect,
        "page": page_of(entry).title,
    }
    return [(_words(str(texts[name])), weight) for name, weight in _WEIGHTS]


def _best(word: str, texts: list[tuple[list[str], float]]) -> float:
    return max((weight * _alike(word, other) for words, weight in texts for other in words),
               default=0.0)  # fmt: skip


def _alike(word: str, other: str) -> float:
    """Return how well a word of the question fits a word of an entry, from 0 to 1."""
    if word == other:
        return 1.0
    if len(word) > 1 and other.startswith(word):
        return 0.8
    # "blocked" finds "block", "notifications" finds "notification".
    if len(other) > 3 and word.startswith(other) and len(word) - len(other) <= 3:
        return 0.7
    if len(word) > 3 and word in other:
        return 0.5
    if len(word) > 3 and abs(len(word) - len(other)) <= 2:
        return 0.5 * Indel.normalized_similarity(word, other, score_cutoff=0.75)
    return 0.0


def _words(text: str) -> list[str]:
    return spelling.words(text.replace("-", ""))
