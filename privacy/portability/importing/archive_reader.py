"""Reading an archive that nobody vouches for: sizes, names and content are checked before use."""

import codecs
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from privacy.portability.export import FORMAT
from privacy.portability.export.schema import schema

# Limits of one archive. Rows and files are read as streams, so these bound time, not memory.
MAX_MEMBERS = 200_000
MAX_BYTES = 200 * 1024**3  # unpacked, of everything
MAX_FILE = 8 * 1024**3  # unpacked, of one sound
MAX_MANIFEST = 4 * 1024**2
MAX_ROW = 1024**2  # characters
MAX_RATIO = 200  # unpacked to packed, of files above 1 MB: JSON packs to about a tenth
BLOCK = 64 * 1024
_parse = json.JSONDecoder().raw_decode


class Unfit(Exception):
    """The file is no archive that can be taken in; the message says why, in one sentence."""


class Archive:
    """An opened copy: its manifest, its rows, its files. A context manager."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            raise Unfit(_("This is no zip file, or it is damaged.")) from None
        self._check_members()
        self._schema = schema()
        self._validators: dict[str, Draft202012Validator] = {}
        self.about: dict[str, Any] = self._manifest()
        self.counts: dict[str, int] = {
            section["name"]: section["count"] for section in self.about["sections"]
        }

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def _check_members(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise Unfit(_("It holds more than %(n)d files.") % {"n": MAX_MEMBERS})
        if len({member.filename for member in members}) != len(members):
            raise Unfit(_("It holds two files of one name."))
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise Unfit(_("Unpacked it would be larger than %(n)d GB.") % {"n": MAX_BYTES >> 30})
        for member in members:
            _check_member(member)

    def _manifest(self) -> dict[str, Any]:
        with self._open("export.json", MAX_MANIFEST) as file:
            try:
                about = json.loads(file.read())
            except (ValueError, RecursionError):
                raise Unfit(_("Its export.json can't be read.")) from None
        format_named = about.get("format") if isinstance(about, dict) else None
        if format_named != FORMAT:
            raise Unfit(_("Its format isn't %(format)s.") % {"format": FORMAT})
        # Sections that this installation doesn't know are left out, not refused.
        known = set(self._schema["$defs"])
        sections = about.get("sections")
        if isinstance(sections, list):
            about["sections"] = [
                section
                for section in sections
                if isinstance(section, dict) and section.get("name") in known
            ]
        self._validate("manifest", about, "export.json")
        return dict(about)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a section, each held against the schema; memory stays flat."""
        if name not in self.counts:
            return
        path = f"data/{name}.json"
        with self._open(path, MAX_BYTES) as file:
            for number, row in enumerate(_items(file, path)):
                self._validate(name, row, f"{path}, row {number + 1}")
                yield row

    def check(self) -> None:
        """Hold every row against the schema, and each count against the manifest."""
        for name, count in self.counts.items():
            if sum(1 for _row in self.rows(name)) != count:
                raise Unfit(_("data/%(name)s.json holds another number of rows than told.")
                            % {"name": name})  # fmt: skip

    def unpack(self, path: str, target: Path) -> bool:
        """Write one media file to a local path; False when the archive doesn't hold it."""
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            return False
        left = info.file_size
        try:
            with self._zip.open(info) as source, target.open("wb") as out:
                while block := source.read(BLOCK):
                    left -= len(block)
                    if left < 0:
                        raise Unfit(_("A file in it is larger than it says."))
                    out.write(block)
        except (zipfile.BadZipFile, EOFError, NotImplementedError):
            raise Unfit(_("%(path)s is damaged.") % {"path": path}) from None
        return True

    @contextmanager
    def _open(self, name: str, limit: int) -> Iterator[IO[bytes]]:
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            raise Unfit(_("It lacks %(name)s.") % {"name": name}) from None
        if info.file_size > limit:
            raise Unfit(_("%(name)s is too large.") % {"name": name})
        try:
            with self._zip.open(info) as file:
                yield file
        except (zipfile.BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError):
            raise Unfit(_("%(name)s is damaged.") % {"name": name}) from None

    def _validate(self, name: str, value: Any, where: str) -> None:
        if name not in self._validators:
            whole = {**self._schema, "$ref": f"#/$defs/{name}"}
            self._validators[name] = Draft202012Validator(whole)
        fault = next(self._validators[name].iter_errors(value), None)
        if fault is not None:
            place = "/".join(str(step) for step in fault.absolute_path) or fault.validator
            raise Unfit(_("%(where)s doesn't fit the schema at %(place)s.")
                        % {"where": where, "place": place})  # fmt: skip


def _check_member(member: zipfile.ZipInfo) -> None:
    """Hold the name and the sizes of one file against the limits. Raises Unfit."""
    path = PurePosixPath(member.filename)
    odd = path.is_absolute() or ".." in path.parts or "\\" in member.filename
    if odd or (member.external_attr >> 28) == 0o12:  # a symbolic link
        raise Unfit(_("It holds a file that points outside of it."))
    if member.flag_bits & 1:
        raise Unfit(_("It is protected with a password."))
    if member.file_size > MAX_FILE:
        raise Unfit(_("A file in it is larger than %(n)d GB.") % {"n": MAX_FILE >> 30})
    if member.file_size > 1024**2 and member.file_size > MAX_RATIO * max(1, member.compress_size):
        raise Unfit(_("A file in it unpacks to far more than it packs: a zip bomb."))


def _items(file: IO[bytes], path: str) -> Iterator[Any]:
    """Yield the items of a JSON array as it streams in, however it is spaced."""
    decode = codecs.getincrementaldecoder("utf-8")()
    text, begun, over = "", False, False
    while not over:
        block = file.read(BLOCK)
        text += decode.decode(block, final=not block)
        over = not block
        if not begun:
            text = text.lstrip()
            if text and text[0] != "[":
                break
            begun, text = bool(text), text[1:]
        while (text := text.lstrip(" \t\r\n,")) and text[0] != "]":
            first = _first_item(text, path, over=over)
            if first is None:
                break
            item, end = first
            yield item
            text = text[end:]
        if text[:1] == "]":
            return
    raise Unfit(_("%(path)s is no whole JSON array.") % {"path": path})


def _first_item(text: str, path: str, *, over: bool) -> tuple[Any, int] | None:
    """Return the item that a text begins with, and where it ends; None while it may go on.

    `over`: nothing more comes. Raises Unfit when it can't be read.
    """
    try:
        item, end = _parse(text)
    except RecursionError:
        raise Unfit(_("%(path)s can't be read.") % {"path": path}) from None
    except ValueError:
        if over or len(text) > MAX_ROW:
            raise Unfit(_("%(path)s can't be read.") % {"path": path}) from None
        return None
    if end == len(text) and not over:
        return None  # a number may go on in the next block
    return item, end
