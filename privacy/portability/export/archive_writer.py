"""The zip of a copy, streamed from its parts and from the stored files.

Memory doesn't grow with rows or with the size of files; a zip's directory takes about 600 bytes for
each file in it.
"""

import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from privacy.portability.export import page, schema
from privacy.portability.export.parts import Folder
from privacy.portability.export.sections import Section, sections
from privacy.portability.export.values import media_path

BLOCK = 1024 * 1024
CHECKSUMS = "checksums.sha256"
BEAT = 5.0  # seconds between two signs of life while files are copied


@dataclass
class Written:
    """What an archive holds, for its row: people it names, files it lacks."""

    named: set[int] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    media: int = 0
    sections: list[dict[str, Any]] = field(default_factory=list)


class Writer:
    """Writes one archive; every file's checksum goes into `checksums.sha256`, as sha256sum has it.

    `alive(percent)` is called at least every few seconds, and ends the work by raising.
    """

    def __init__(
        self, path: Path, folder: Folder, user: Any, begun: datetime, alive: Callable[[int], None]
    ) -> None:
        self._path = path
        self._folder = folder
        self._user = user
        self._begun = begun
        self._alive = alive
        self._now = timezone.now()
        self._beaten = 0.0
        self._files = 1
        self.written = Written()

    def write(self) -> Written:
        sums = self._path.with_name(CHECKSUMS)
        all_sections = list(sections())
        with (
            zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as self._zip,
            sums.open("w", encoding="utf-8") as self._sums,
        ):
            # The rows are read first, all of them: the page names what is missing.
            counts = {section.name: self._data(section) for section in all_sections}
            self._files = max(1, sum(1 for section in all_sections for _ in self._names(section)))
            for section in all_sections:
                for name in self._names(section):
                    self._media(name)
            filled_sections = [section for section in all_sections if counts[section.name]]
            self._page(filled_sections, counts)
            self._text("export.json", _dumps(self._manifest(filled_sections, counts)))
            self._text(schema.FILE, _dumps(schema.schema()))
            self._sums.flush()
            with sums.open("rb") as source:
                self._put(CHECKSUMS, iter(lambda: source.read(BLOCK), b""), listed=False)
        return self.written

    def _data(self, section: Section) -> int:
        """Write one section's rows, as they are still there; return how many."""
        self._folder.refresh(section, self._user)
        self._beat()
        notes = [(number, note) for number, note in self._folder.notes(section) if note.keys]
        if notes:
            self._put(section.path, self._array(section, [number for number, _ in notes]))
        for _, note in notes:
            self.written.named.update(note.named)
        return sum(len(note.keys) for _, note in notes)

    def _array(self, section: Section, numbers: list[int]) -> Iterator[bytes]:
        for number in numbers:
            yield b"[\n" if number == numbers[0] else b",\n"
            yield self._folder.json_of(section, number).read_bytes()
        yield b"\n]\n"

    def _names(self, section: Section) -> Iterator[str]:
        for _, note in self._folder.notes(section):
            yield from note.files

    def _media(self, name: str) -> None:
        """Copy one stored file as it is: sound and pictures don't shrink, so they are stored."""
        path = media_path(name)
        if path in self._zip.NameToInfo:
            return
        try:
            source = default_storage.open(name, "rb")
        except FileNotFoundError:
            self.written.missing.append(path)
            return
        with source:
            self._put(path, source.chunks(BLOCK), compress=zipfile.ZIP_STORED)
        self.written.media += 1

    def _page(self, filled_sections: list[Section], counts: dict[str, int]) -> None:
        """Write index.html, and pages of their own for what is too long for it."""
        about = {
            "username": self._user.username,
            "made_at": self._now,
            "site": settings.SITE_NAME,
            "missing": self.written.missing,
        }
        for section in filled_sections:
            numbers = [number for number, note in self._folder.notes(section) if note.keys]
            for place, number in enumerate(numbers):
                if len(numbers) > 1:
                    rows = page.moved(self._folder.html_of(section, number).read_bytes())
                    before, after = page.leaf(section, place, len(numbers), about)
                    self._put(page.leaf_path(section, place), iter([before, rows, after]))
        self._put("index.html", self._index(filled_sections, counts, about))

    def _index(
        self, filled_sections: list[Section], counts: dict[str, int], about: dict[str, Any]
    ) -> Iterator[bytes]:
        groups = page.groups(filled_sections, counts)
        yield page.head(groups, about)
        for group in groups:
            yield page.group_head(group)
            for section in group.sections:
                notes = [number for number, note in self._folder.notes(section) if note.keys]
                yield page.section_head(section, counts[section.name], len(notes))
                if len(notes) == 1:
                    yield self._folder.html_of(section, notes[0]).read_bytes()
                yield page.section_foot()
            yield page.group_foot()
        yield page.foot(about)

    def _manifest(self, filled_sections: list[Section], counts: dict[str, int]) -> dict[str, Any]:
        return {
            "format": schema.FORMAT,
            "schema_version": schema.schema()["version"],
            "site": settings.SITE_URL,
            "username": self._user.username,
            "begun_at": self._begun.isoformat(),
            "made_at": self._now.isoformat(),
            "sections": [
                {
                    "name": section.name,
                    "label": str(section.label),
                    "file": section.path,
                    "schema": f"{schema.FILE}#/$defs/{section.name}",
                    "count": counts[section.name],
                }
                for section in filled_sections
            ],
            "media_files": self.written.media,
            "missing_files": self.written.missing,
        }

    def _text(self, name: str, text: str) -> None:
        self._put(name, iter([text.encode()]))

    def _put(
        self,
        name: str,
        blocks: Iterator[bytes],
        *,
        compress: int = zipfile.ZIP_DEFLATED,
        listed: bool = True,
    ) -> None:
        info = zipfile.ZipInfo(name, timezone.localtime(self._now).timetuple()[:6])
        info.compress_type = compress
        info.external_attr = 0o600 << 16
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as out:
            for block in blocks:
                digest.update(block)
                out.write(block)
                self._beat()
        if listed:
            self._sums.write(f"{digest.hexdigest()}  {name}\n")

    def _beat(self) -> None:
        if time.monotonic() - self._beaten > BEAT:
            self._beaten = time.monotonic()
            done = self.written.media + len(self.written.missing)
            self._alive(min(99, 50 + 50 * done // self._files))


def _dumps(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
