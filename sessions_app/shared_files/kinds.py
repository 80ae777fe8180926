"""What a file is, by how it begins. What it calls itself only names an ending of plain text."""

from pathlib import PurePosixPath

SOUNDS = {"flac", "wav", "ogg", "m4a", "mp3"}
PICTURE = "webp"  # pictures are drawn anew as this
TEXTS = {
    "txt": "text/plain", "md": "text/plain", "cho": "text/plain", "chopro": "text/plain",
    "abc": "text/plain", "tab": "text/plain", "ly": "text/plain", "musicxml": "text/plain",
}  # fmt: skip
_TYPES = {
    "webp": "image/webp", "pdf": "application/pdf", "mid": "audio/midi", "flac": "audio/flac",
    "wav": "audio/wav", "ogg": "audio/ogg", "m4a": "audio/mp4", "mp3": "audio/mpeg", **TEXTS,
}  # fmt: skip
_PICTURE_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis"}


def type_of(name: str) -> str:
    """Return the content type of a file stored under a name."""
    return _TYPES.get(PurePosixPath(name).suffix.lstrip("."), "application/octet-stream")


def ending_of(data: bytes, name: str) -> str | None:
    """Return the ending under which such content is kept; None for what isn't shared here.

    `name`: what its owner calls it. Only text is told apart by it.
    """
    head = data[:12]
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"MThd"):
        return "mid"
    return _picture(head) or _sound(head) or _text(data, name)


def _picture(head: bytes) -> str | None:
    beginnings = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    heif = head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS
    return PICTURE if head.startswith(beginnings) or webp or heif else None


def _sound(head: bytes) -> str | None:
    if head.startswith(b"fLaC"):
        return "flac"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] == b"ftyp":
        return "m4a"
    is_mp3 = len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return "mp3" if is_mp3 or head.startswith(b"ID3") else None


def _text(data: bytes, name: str) -> str | None:
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    return ending if data and ending in TEXTS else None
