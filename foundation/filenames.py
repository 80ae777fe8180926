"""Names of files as people save them: readable, and taken by every system."""

import re
import unicodedata

MOST = 180  # bytes; systems take 255, with the ending and " (2)" beside it
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def file_name(words: str, ending: str, otherwise: str = "sound") -> str:
    """Return a file's name: what systems forbid becomes a space, what is too long is cut.

    `otherwise`: what it is called when none of its words are left.
    """
    text = "".join(c for c in words if unicodedata.category(c) not in {"Cf", "Cs", "Co"})
    name = " ".join(_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text)).split()).strip(". ")
    cut = name.encode()[:MOST].decode(errors="ignore").strip(". ")
    return f"{cut or otherwise}.{ending}"
