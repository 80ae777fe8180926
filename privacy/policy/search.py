"""Finding words in the policy: every word must be there; hits are marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString

from privacy.policy.texts import Clause

LONGEST = 100  # characters of a question that are read


@dataclass(frozen=True)
class Hit:
    """A clause in which all words were found, with the words marked."""

    clause: Clause
    title: SafeString
    html: SafeString


@dataclass(frozen=True)
class Search:
    """A question and what answers it."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> "Search":
        return cls(tuple(dict.fromkeys(question[:LONGEST].casefold().split())))

    def found_in(self, text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in self.words)

    def clauses(self, clauses: Sequence[Clause]) -> list[Hit]:
        """Return the clauses in which every word stands, in their order."""
        return [
            Hit(clause, self.mark(escape(clause.title)), self.mark(clause.html))
            for clause in clauses
            if self.found_in(f"{clause.title} {strip_tags(clause.html)}")
        ]

    def rows(self, rows: Sequence[Any]) -> list[Any]:
        """Return the rows of a table in which every word stands."""
        return [row for row in rows if self.found_in(_words_of(row))]

    def mark(self, html: str) -> SafeString:
        """Put `<mark>` around the words, in the text and not in the tags."""
        if not self.words:
            return SafeString(html)
        longest_first = sorted(map(escape, self.words), key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
        parts = re.split(r"(<[^>]+>|&#?\w+;)", html)
        return SafeString(
            "".join(
                part if i % 2 else pattern.sub(r"<mark>\g<0></mark>", part)
                for i, part in enumerate(parts)
            )
        )


def _words_of(row: Any) -> str:
    values = row.values() if isinstance(row, dict) else vars(row).values()
    return " ".join(
        " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for value in values
    )
