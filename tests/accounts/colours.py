"""A colour profile as telephones put into their pictures, made here from the published numbers."""

import struct

# Display P3's red, green and blue under the profile's own white (D50), as its maker publishes them.
DISPLAY_P3 = (
    (0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407),
)  # fmt: skip
D50 = (0.9642, 1.0, 0.8249)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(one * 65536)) for one in values)


def icc(primaries: tuple[tuple[float, ...], ...] = DISPLAY_P3) -> bytes:
    """Return an ICC profile (version 4, matrix and curve) of a screen with these primaries."""
    curve = b"para\0\0\0\0\0\x03\0\0" + _fixed(*SRGB_CURVE)
    words = "Made for tests".encode("utf-16-be")
    text = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words
    tags = {b"desc": text, b"cprt": text, b"wtpt": b"XYZ \0\0\0\0" + _fixed(*D50)}
    for name, point in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[name + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*point)
        tags[name + b"TRC"] = curve
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        padded = data + b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s12s4s4sII4sII12s", 128 + len(table) + len(body), b"\0\0\0\0", 0x04200000,
        b"mntr", b"RGB ", b"XYZ ", b"\x07\xea\0\x0b\0\x1d\0\0\0\0\0\0", b"acsp", b"\0\0\0\0", 0, 0,
        b"\0\0\0\0", 0, 0, _fixed(*D50),
    )  # fmt: skip
    return (head + b"\0" * 128)[:128] + table + body
