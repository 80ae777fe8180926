"""What is left of erased people in a restored database, and which of it the design leaves there.

An erasure takes what is somebody's, and leaves what is others': words in which they quote an
address, a band's photo that one member put up, a parent's address in the place of a child who
stays. The data map says which is which; what it doesn't explain is a trace.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from psycopg import sql

from privacy import datamap
from privacy.datamap import Erase, Held
from privacy.erasure.models import Erasure

BATCH = 200


@dataclass
class Marks:
    """Texts that only the erased have, whose they are, and which rows were theirs, by key."""

    of: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    rows: dict[int, dict[str, set[Any]]] = field(default_factory=dict)

    def add(self, user: Any) -> None:
        """Gather the addresses, public ids, names of files and rows of one person, still there."""
        self.of[user.email.lower()].add(user.pk)
        self.of[str(user.public_id)].add(user.pk)
        theirs: dict[str, set[Any]] = {}
        for item in datamap.held():
            if not item.subjects or item.model is Erasure:
                continue
            alone = item.erase is Erase.DELETE
            names = [column.name for column in item.model._meta.concrete_fields]
            wanted = [*(["public_id"] if alone and "public_id" in names else []),
                      *item.file_fields()]  # fmt: skip
            keys = theirs.setdefault(item.name, set())
            for key, *values in item.rows_of(user).values_list("pk", *wanted).iterator(2000):
                keys.add(key)
                for value in values:
                    if value:
                        self.of[str(value)].add(user.pk)
        self.rows[user.pk] = theirs


def unexplained(marks: Marks) -> dict[str, int]:
    """Return places as table.column (or folder) with the number of rows that hold a trace."""
    counts: dict[str, int] = defaultdict(int)
    explained: set[str] = set()
    declared = {item.model._meta.db_table: item for item in datamap.held()}
    for table, row, held_marks in _rows_with(sorted(marks.of)):
        item = declared.get(table)
        for name, value in row.items():
            text = _text(value)
            inside = {mark for mark in held_marks if mark.lower() in text}
            if not inside:
                continue
            if item is not None and all(_is_meant(item, name, row, mark, marks) for mark in inside):
                explained |= inside
            else:
                counts[f"{table}.{name}"] += 1
    for mark in marks.of:
        if "/" in mark and mark not in explained and default_storage.exists(mark):
            counts[f"files in {mark.partition('/')[0]}/"] += 1
    return dict(counts)


def _is_meant(item: Held, column: str, row: dict[str, Any], mark: str, marks: Marks) -> bool:
    """Return whether the data map has a mark stay in this column of this row."""
    name = _field_name(item, column)
    if name is None or name not in item.fields:
        return False
    if datamap.erase_of(item, name) is Erase.KEEP:
        return True
    if not item.subjects or not item.fields[name].personal:
        return False
    key = row[str(item.model._meta.pk.column)]
    owners = marks.of[mark]
    if not any(key in marks.rows[user].get(item.name, ()) for user in owners):
        return True  # others' all along: nothing of it was the erased person's to take
    return _belongs_to_others(item, key, owners)


def _belongs_to_others(item: Held, key: Any, erased: set[int]) -> bool:
    """Return whether a row that was the erased person's has others left whose it is."""
    rows = item.model._default_manager.filter(pk=key)
    left = {value for subject in item.subjects for (value,) in rows.values_list(subject)}
    return bool(left - erased - {None})


def _field_name(item: Held, column: str) -> str | None:
    return next(
        (field.name for field in item.model._meta.concrete_fields if field.column == column), None
    )


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.lower()


def _rows_with(texts: list[str]) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Yield every row of every table that holds any of the texts, with those it holds."""
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        for table in connection.introspection.table_names():
            query = sql.SQL(
                "SELECT to_jsonb(t), array_agg(mark) FROM {} AS t JOIN unnest(%s::text[]) AS mark"
                " ON strpos(lower(t::text), lower(mark)) > 0 GROUP BY t.ctid, to_jsonb(t)"
            ).format(sql.Identifier(table))
            with connection.cursor() as cursor:
                cursor.execute(query, [part])
                for row, held in cursor.fetchall():
                    whole = json.loads(row) if isinstance(row, str) else row
                    yield table, whole, set(held)
