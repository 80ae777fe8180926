"""Opus in fragmented MP4 (ISO/IEC 14496-12; Opus in ISOBMFF 0.8.1), as HLS and MSE take it.

Written here, as a part needs nothing but its packets: no state, no file, no process of its own.
"""

import struct

from sessions_app.live.packets import PACKET_MS, RATE

CHANNELS = 2
PRE_SKIP = 312  # samples that libopus, and so every browser, begins with
_PACKET = RATE * PACKET_MS // 1000
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def beginning() -> bytes:
    """Return the initialisation segment: the same for every stream."""
    return _box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6mp41cmfc") + _box(
        b"moov",
        _full(b"mvhd", struct.pack(">4I", 0, 0, RATE, 0), struct.pack(">IH10x", 0x10000, 0x100),
              _MATRIX, bytes(24), struct.pack(">I", 2)),
        _box(b"trak", _track_head(), _box(b"mdia", *_media())),
        _box(b"mvex", _full(b"trex", struct.pack(">5I", 1, 1, _PACKET, 0, 0))),
    )  # fmt: skip


def _track_head() -> bytes:
    times = struct.pack(">5I", 0, 0, 1, 0, 0)
    place = struct.pack(">8xhhHH", 0, 0, 0x100, 0)
    return _full(b"tkhd", times, place, _MATRIX, bytes(8), flags=3)


def _media() -> tuple[bytes, ...]:
    opus = _box(b"dOps", struct.pack(">BBHIhB", 0, CHANNELS, PRE_SKIP, RATE, 0, 0))
    entry = struct.pack(">6xH8xHH4xI", 1, CHANNELS, 16, RATE << 16)
    tables = [_full(kind, bytes(4)) for kind in (b"stts", b"stsc")]
    return (
        _full(b"mdhd", struct.pack(">4I", 0, 0, RATE, 0), struct.pack(">HH", 0x55C4, 0)),
        _full(b"hdlr", bytes(4), b"soun", bytes(12), b"\0"),
        _box(
            b"minf",
            _full(b"smhd", bytes(4)),
            _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1))),
            _box(
                b"stbl",
                _full(b"stsd", struct.pack(">I", 1), _box(b"Opus", entry, opus)),
                *tables,
                _full(b"stsz", bytes(8)),
                _full(b"stco", bytes(4)),
            ),
        ),
    )


def fragment(number: int, packets: list[bytes]) -> bytes:
    """Return a part as moof and mdat; `number`: of the part, from 0."""
    start = number * len(packets) * _PACKET
    sizes = struct.pack(f">{len(packets)}I", *map(len, packets))

    def moof(offset: int) -> bytes:
        return _box(
            b"moof",
            _full(b"mfhd", struct.pack(">I", number + 1)),
            _box(
                b"traf",
                _full(b"tfhd", struct.pack(">I", 1), flags=0x020000),
                _full(b"tfdt", struct.pack(">Q", start), version=1),
                _full(b"trun", struct.pack(">Ii", len(packets), offset), sizes, flags=0x201),
            ),
        )

    return moof(len(moof(0)) + 8) + _box(b"mdat", *packets)
