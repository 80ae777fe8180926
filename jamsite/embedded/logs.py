"""The children's log files: bounded in size, closed to others, and read for what went wrong."""

import os
import re
import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 10 * 1024 * 1024
LOOK_BACK = 16 * 1024
_TROUBLE = re.compile(rb"\b(ERROR|CRITICAL|FATAL|PANIC|Traceback)\b")
_TELLING = re.compile(r"\b(FATAL|PANIC|CRITICAL|ERROR)\b|^[\w.]*(Error|Exception|Refused)\b")
_STAMP = re.compile(r"^[\d\-: .,TZ+]*(UTC)? *(\[\d+\])? *")
_LEVEL = re.compile(r"^(FATAL|PANIC|CRITICAL|ERROR): *")


class LogFile:
    """One child's log. The child appends; this side opens, trims and reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = 0

    def open(self) -> BinaryIO:
        """Open for a child to append to."""
        self.trim()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "ab", buffering=0)

    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def trim(self) -> None:
        """Keep one older file: the child keeps writing to the same one, so copy and cut."""
        if self.size() > LIMIT:
            older = self.path.with_suffix(".log.1")
            older.touch(mode=0o600)
            shutil.copyfile(self.path, older)
            os.truncate(self.path, 0)
            self._seen = 0

    def skip(self) -> None:
        """Count what is there as seen."""
        self._seen = self.size()

    def new_troubles(self) -> int:
        """Return how many lines since the last look speak of an error."""
        fresh = self._read_from(self._seen)
        self._seen += len(fresh)
        return len(_TROUBLE.findall(fresh))

    def reason(self, since: int) -> str:
        """Return the most telling line written after a position, or the last one, or nothing."""
        text = self._read_from(max(since, self.size() - LOOK_BACK)).decode(errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        telling = [line for line in lines if _TELLING.search(_STAMP.sub("", line))]
        chosen = (telling or lines or [""])[-1]
        return _LEVEL.sub("", _STAMP.sub("", chosen)).rstrip(".")[:300]

    def _read_from(self, position: int) -> bytes:
        try:
            with self.path.open("rb") as log:
                log.seek(min(position, self.size()))
                return log.read(LIMIT)
        except FileNotFoundError:
            return b""
