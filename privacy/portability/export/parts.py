"""Rows of a copy, piece by piece, in a folder that outlives a killed worker.

A part is 500 rows: their JSON, their HTML, and a note with keys, files, people and a checksum. The
note is written last, under another name first, so a part is there whole or not at all.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from privacy.portability.export import page
from privacy.portability.export.sections import Section
from privacy.portability.export.values import Batch

BATCH = 500  # rows in a part
FRESH = timedelta(hours=1)  # an older part is made anew: what it says may have changed


@dataclass(frozen=True)
class Part:
    """The note of one part, beside its JSON and its HTML."""

    keys: list[Any]
    files: list[str]
    named: list[int]
    sha256: str
    made_at: float

    @property
    def is_fresh(self) -> bool:
        return timezone.now().timestamp() - self.made_at < FRESH.total_seconds()


@dataclass(frozen=True)
class Folder:
    """The parts of one copy on their way."""

    path: Path

    def _file(self, section: Section, number: int, kind: str) -> Path:
        return self.path / f"{section.name}-{number:06d}.{kind}"

    def json_of(self, section: Section, number: int) -> Path:
        return self._file(section, number, "json")

    def html_of(self, section: Section, number: int) -> Path:
        return self._file(section, number, "html")

    def note_of(self, section: Section, number: int) -> Part | None:
        """Return a part's note when the part is whole; None for a part that has to be made."""
        try:
            note = Part(**json.loads(self._file(section, number, "note").read_bytes()))
            data = self.json_of(section, number).read_bytes()
        except (FileNotFoundError, ValueError, TypeError):
            return None
        whole = hashlib.sha256(data).hexdigest() == note.sha256
        return note if whole and self.html_of(section, number).exists() else None

    def notes(self, section: Section) -> Iterator[tuple[int, Part]]:
        """Yield a section's parts in order."""
        number = 0
        while (note := self.note_of(section, number)) is not None:
            yield number, note
            number += 1

    def make(self, section: Section, user: Any) -> Iterator[int]:
        """Make a section's parts from the first missing one on; yield the rows of each."""
        number, last = 0, None
        while (note := self.note_of(section, number)) is not None and note.is_fresh:
            yield len(note.keys)
            number, last = number + 1, note.keys[-1]
        while True:
            rows = section.rows(user)
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows[:BATCH])
            if not batch:
                break
            self._put(section, number, batch, user)
            yield len(batch)
            number, last = number + 1, batch[-1].pk
        while self._drop(section, number):  # left by an older try that found more
            number += 1

    def refresh(self, section: Section, user: Any) -> None:
        """Make those parts anew whose rows are no longer all there, or no longer to be seen."""
        for number, note in self.notes(section):
            rows = section.rows(user).filter(pk__in=note.keys)
            if set(rows.values_list("pk", flat=True)) != set(note.keys):
                self._put(section, number, list(rows), user)

    def _put(self, section: Section, number: int, rows: list[Any], user: Any) -> None:
        batch = Batch(section, rows, user)
        values = batch.values()
        data = b",\n".join(json.dumps(value, ensure_ascii=False).encode() for value in values)
        self._drop(section, number)
        _write(self.json_of(section, number), data)
        _write(self.html_of(section, number), page.rows(section, values, batch.readable()).encode())
        note = Part(
            keys=[row.pk for row in rows],
            files=batch.files,
            named=sorted(batch.named),
            sha256=hashlib.sha256(data).hexdigest(),
            made_at=timezone.now().timestamp(),
        )
        _write(self._file(section, number, "note"), json.dumps(asdict(note)).encode())

    def _drop(self, section: Section, number: int) -> bool:
        """Forget a part, its note first; say whether there was one."""
        note = self._file(section, number, "note")
        there = note.exists()
        for path in (note, self.json_of(section, number), self.html_of(section, number)):
            path.unlink(missing_ok=True)
        return there


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    young = path.with_name(f"{path.name}.{os.getpid()}")
    with young.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    young.replace(path)
