"""How two versions differ: word for word in the clauses, row for row in the tables."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from privacy.policy.texts import rendered

TOKEN = re.compile(r"<[^>]+>|&#?\w+;|\w+(?:['’-]\w+)*|\s+|[^\w\s<]")
ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"
NOTHING = SafeString("")
Op = tuple[bool, list[str], list[str]]  # (equal, old tokens, new tokens)


@dataclass(frozen=True)
class Change:
    """What became of one clause or row. `cells` are the row's texts, by column."""

    id: str
    kind: str
    title: SafeString
    html: SafeString = NOTHING
    cells: tuple[tuple[str, SafeString], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two versions, side by side: each part in the newer one's order, removed things last."""

    clauses: list[Change]
    tables: dict[str, list[Change]]

    @property
    def counts(self) -> dict[str, int]:
        kinds = [clause.kind for clause in self.clauses]
        return {kind: kinds.count(kind) for kind in (ADDED, CHANGED, REMOVED, SAME)}

    @property
    def anything(self) -> bool:
        return bool(self.tables) or self.counts[SAME] != len(self.clauses)


TABLES = {  # part of a version's content → its columns, the first one naming the row
    "data": ("label", "purposes", "basis", "retention", "erased"),
    "stores": ("label", "purposes", "where", "retention", "erased"),
    "cookies": ("name", "purpose", "lifetime"),
    "providers": ("name", "purpose", "data", "region"),
    "regions": ("what", "region"),
    "asks": ("key", "words"),
}


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare two contents; tables without a difference are left out."""
    tables = {
        name: [row for row in _rows(old.get(name, []), new.get(name, []), columns)
               if row.kind != SAME]
        for name, columns in TABLES.items()
    }  # fmt: skip
    return Comparison(
        clauses=_clauses(old.get("clauses", []), new.get("clauses", [])),
        tables={name: rows for name, rows in tables.items() if rows},
    )


def _clauses(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Change]:
    before = {clause["id"]: clause for clause in old}
    changes = []
    for clause in new:
        was = before.pop(clause["id"], None)
        if was is None:
            changes.append(_whole(clause, ADDED))
        elif (was["title"], was["text"]) == (clause["title"], clause["text"]):
            changes.append(
                Change(clause["id"], SAME, escape(clause["title"]), rendered(clause["text"]))
            )
        else:
            title = words(escape(was["title"]), escape(clause["title"]))
            html = words(rendered(was["text"]), rendered(clause["text"]))
            changes.append(Change(clause["id"], CHANGED, title, html))
    return changes + [_whole(clause, REMOVED) for clause in before.values()]


def _whole(clause: Mapping[str, Any], kind: str) -> Change:
    """A clause that came or went is marked as a whole: each word of it would be noise."""
    return Change(clause["id"], kind, escape(clause["title"]), rendered(clause["text"]))


def _rows(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], columns: Sequence[str]
) -> Iterable[Change]:
    before = _named(old, columns[0])
    for name, row in _named(new, columns[0]).items():
        was = before.pop(name, None)
        if was is None:
            yield _row(row, row, columns, ADDED)
        else:
            same = all(_text(was, column) == _text(row, column) for column in columns)
            yield _row(was, row, columns, SAME if same else CHANGED)
    for row in before.values():
        yield _row(row, row, columns, REMOVED)


def _named(rows: Sequence[Mapping[str, Any]], key: str) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return rows by name; of those with the same name the first is the first."""
    seen: Counter[str] = Counter()
    named = {}
    for row in rows:
        name = str(row[key])
        named[name, seen[name]] = row
        seen[name] += 1
    return named


def _row(
    old: Mapping[str, Any], new: Mapping[str, Any], columns: Sequence[str], kind: str
) -> Change:
    cells = [(name, words(_text(old, name), _text(new, name))) for name in columns[1:]]
    return Change(str(new[columns[0]]), kind, escape(new[columns[0]]), cells=tuple(cells))


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    return escape("; ".join(value) if isinstance(value, list | tuple) else str(value))


def words(old: str, new: str) -> SafeString:
    """Return `new` as HTML with what came in `<ins>` and what went in `<del>`.

    Both are safe HTML. Tags of the new text stand as they are, those of the old one are dropped:
    so the outcome nests as the new text does.
    """
    parts = []
    for equal, before, after in _together(TOKEN.findall(old), TOKEN.findall(new)):
        if equal:
            parts.append("".join(after))
        else:
            gone = _untagged(before)
            if "".join(gone).strip():
                parts.append(_marked(gone, "del", _("removed:")))
            parts.append(_marked(after, "ins", _("added:")))
    return SafeString("".join(parts))


def _together(old: list[str], new: list[str]) -> list[Op]:
    """Return runs of equal and of changed tokens; a lone short word between changes joins them."""
    ops: list[Op] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = old[a:b], new[c:d]
        equal = tag == "equal" and not (ops and a > 0 and b < len(old) and _slight(after))
        if ops and ops[-1][0] == equal:
            ops[-1][1].extend(before)
            ops[-1][2].extend(after)
        else:
            ops.append((equal, before, after))
    return ops


def _slight(tokens: list[str]) -> bool:
    text = "".join(tokens)
    return "<" not in text and len(text.strip()) <= 3


def _untagged(tokens: list[str]) -> list[str]:
    return [" " if token.startswith("</") else token
            for token in tokens if token.startswith("</") or not token.startswith("<")]  # fmt: skip


def _marked(tokens: list[str], tag: str, spoken: str) -> str:
    """Wrap each run of words in a tag of its own; a screen reader hears what it is."""
    parts = []
    for is_tag, group in groupby(tokens, key=lambda token: token.startswith("<")):
        run = "".join(group)
        if not is_tag and run.strip():
            run = f'<{tag}><span class="visually-hidden">{escape(spoken)} </span>{run}</{tag}>'
        parts.append(run)
    return "".join(parts)
