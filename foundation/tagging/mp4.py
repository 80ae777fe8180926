"""The beginning of an MP4 file with tags: ISO/IEC 14496-12, and the boxes that all players read.

The file's index (`moov`) stands before the sound (`mdat`), as we write our files. Tags make it
longer, so the places of the sound in it (`stco`, `co64`) are moved by as much.
"""

import struct
from collections.abc import Iterator
from typing import IO

from foundation.tagging.tags import Tags

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_UTF8, _PNG = 1, 14
_MOST_HEAD = 64 * 1024 * 1024


def mp4_head(file: IO[bytes], tags: Tags) -> tuple[bytes, int]:
    """Return a new beginning, and the place where `moov` ended; ValueError for another layout."""
    file.seek(0)
    before = b""
    while True:
        header = file.read(8)
        if len(header) < 8:
            raise ValueError("no index before the sound")
        size, kind = struct.unpack(">I4s", header)
        if kind == b"mdat" or not 8 <= size <= _MOST_HEAD:
            raise ValueError("no index before the sound")
        box = header + file.read(size - 8)
        if kind == b"moov":
            break
        before += box
    skip = file.tell()
    bare = b"".join(part for name, part in _boxes(box[8:]) if name != b"udta")
    user_data = _box(b"udta", _meta(tags))
    moov = _box(b"moov", bare + user_data)
    return before + _moved(moov, len(moov) - len(box)), skip


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, whole box) of what a container holds."""
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        if not 8 <= size <= len(body) - at:
            raise ValueError("a box is longer than what holds it")
        yield kind, body[at : at + size]
        at += size


def _moved(box: bytes, by: int) -> bytes:
    """Return a box in which each place of the sound is moved by so many bytes."""
    kind, body = box[4:8], box[8:]
    if kind in _CONTAINERS:
        return _box(kind, b"".join(_moved(part, by) for _name, part in _boxes(body)))
    width = {b"stco": "I", b"co64": "Q"}.get(kind)
    if width is None:
        return box
    (count,) = struct.unpack_from(">I", body, 4)
    places = struct.unpack_from(f">{count}{width}", body, 8)
    return _box(
        kind, body[:8] + struct.pack(f">{count}{width}", *(offset + by for offset in places))
    )


def _meta(tags: Tags) -> bytes:
    handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    fields = [(b"\xa9nam", _UTF8, tags.title.encode())]
    if tags.artists:
        fields.append((b"\xa9ART", _UTF8, ", ".join(tags.artists).encode()))
    if tags.album:
        fields.append((b"\xa9alb", _UTF8, tags.album.encode()))
    if tags.day:
        fields.append((b"\xa9day", _UTF8, tags.day.isoformat().encode()))
    if tags.url:
        fields.append((b"\xa9cmt", _UTF8, tags.url.encode()))
    if tags.cover:
        fields.append((b"covr", _PNG, tags.cover))
    items = (
        _box(name, _box(b"data", struct.pack(">II", kind, 0) + value))
        for name, kind, value in fields
    )
    return _box(b"meta", bytes(4) + handler + _box(b"ilst", b"".join(items)))
