"""The children's log files: bounded in size, closed to others, and read for what went wrong."""

import os
import re
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from jamsite.environment import read

LIMIT = 10 * 1024 * 1024
LOOK_BACK = 16 * 1024
_TROUBLE = re.compile(rb"\b(ERROR|CRITICAL|FATAL|PANIC|Traceback)\b")
_TELLING = re.compile(r"\b(FATAL|PANIC|CRITICAL|ERROR)\b|^[\w.]*(Error|Exception|Refused)\b")
_STAMP = re.compile(r"^[\d\-: .,TZ+]*(UTC)? *(\[\d+\])? *")
_LEVEL = re.compile(r"^(FATAL|PANIC|CRITICAL|ERROR): *")


class LogFile:
    """One child's log. The child appends; this side opens, trims and reads.

    A log is cut when it is large, or when half of the period is over that logs are kept for; what
    was cut off stays for the other half. So no line is kept longer than that period.
    """

    def __init__(self, path: Path, kept: float | None = None) -> None:
        """`kept`: seconds; without it what RETENTION_LOGS_DAYS says."""
        self.path = path
        self.kept = read().retention_logs_days * 86400 if kept is None else kept
        self._older = path.with_suffix(".log.1")
        self._begun = path.with_suffix(".begun")  # its time is that of the oldest line
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
        half = self.kept / 2
        if _age(self._older) > half:
            self._older.unlink(missing_ok=True)
        if not self.size():
            self._begun.touch(mode=0o600)
        elif self.size() > LIMIT or _age(self._begun) > half:
            self._older.unlink(missing_ok=True)
            self._older.touch(mode=0o600)
            shutil.copyfile(self.path, self._older)
            os.truncate(self.path, 0)
            self._begun.touch(mode=0o600)
            self._seen = 0
        elif not self._begun.exists():
            self._begun.touch(mode=0o600)

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


def _age(path: Path) -> float:
    """Return the seconds since a file was last written; 0 when there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
