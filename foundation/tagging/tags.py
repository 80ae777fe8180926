"""What is written into a sound file."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Tags:
    """What is written into a file. `cover` is a PNG."""

    title: str
    artists: tuple[str, ...] = ()
    day: date | None = None
    album: str = ""
    url: str = ""
    cover: bytes = b""
