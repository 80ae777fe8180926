"""The beginning of a FLAC file with tags: RFC 9639, section 8."""

import struct
from typing import IO

from foundation.tagging.tags import Tags

_STREAMINFO, _SEEKTABLE, _COMMENT, _PICTURE = 0, 3, 4, 6
_LAST = 0x80
_FRONT_COVER = 3
_MOST_BLOCKS = 128


def flac_head(file: IO[bytes], tags: Tags) -> tuple[bytes, int]:
    """Return a new beginning, and the place of the first frame; ValueError for no FLAC file."""
    file.seek(0)
    if file.read(4) != b"fLaC":
        raise ValueError("no FLAC file")
    kept: list[tuple[int, bytes]] = []
    for _ in range(_MOST_BLOCKS):
        header = file.read(4)
        if len(header) < 4:
            raise ValueError("the metadata ends too soon")
        kind, length = header[0] & 0x7F, int.from_bytes(header[1:], "big")
        body = file.read(length)
        if kind in {_STREAMINFO, _SEEKTABLE}:  # seek points count from the first frame on
            kept.append((kind, body))
        if header[0] & _LAST:
            break
    else:
        raise ValueError("the metadata doesn't end")
    skip = file.tell()
    kept.append((_COMMENT, _comments(tags)))
    if tags.cover:
        kept.append((_PICTURE, _picture(tags.cover)))
    last = len(kept) - 1
    blocks = (
        bytes([kind | (_LAST if place == last else 0)]) + len(body).to_bytes(3, "big") + body
        for place, (kind, body) in enumerate(kept)
    )
    return b"fLaC" + b"".join(blocks), skip


def _comments(tags: Tags) -> bytes:
    """Vorbis comments: little-endian lengths, UTF-8, one field for each artist."""
    fields = [f"TITLE={tags.title}", *(f"ARTIST={artist}" for artist in tags.artists)]
    if tags.album:
        fields.append(f"ALBUM={tags.album}")
    if tags.day:
        fields.append(f"DATE={tags.day.isoformat()}")
    if tags.url:
        fields.append(f"CONTACT={tags.url}")
    written = [field.encode() for field in fields]
    parts = [struct.pack("<I", len(field)) + field for field in (b"Jamsite", *written)]
    return parts[0] + struct.pack("<I", len(written)) + b"".join(parts[1:])


def _picture(png: bytes) -> bytes:
    width, height = struct.unpack(">II", png[16:24])
    kind = b"image/png"
    return b"".join(
        (
            struct.pack(">II", _FRONT_COVER, len(kind)), kind,
            struct.pack(">I", 0),  # no description
            struct.pack(">IIIII", width, height, 24, 0, len(png)), png,
        )
    )  # fmt: skip
