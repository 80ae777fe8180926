"""The ledger of erasures: a file outside the database, so that a restored backup forgets nobody.

One JSON line for each event, appended under a lock and on the disk (fsync) before the caller goes
on. People and erasures stand in it as keyed hashes. Each line is sealed with a keyed hash over
itself and the seal before it: a line changed, removed or put in between shows in `replay`.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

EVENTS = ("requested", "cancelled", "erased")
START = "0" * 64  # what the first line is chained to


class Tampered(Exception):
    """The ledger isn't what was written; the message names the line."""


@dataclass(frozen=True)
class Entry:
    """One line: what happened to whom; `user` and `erasure` are what `fingerprint` returns.

    `due` is the date of the purge that the person was told (of requests; older lines have none).
    """

    number: int
    at: datetime
    event: str
    user: str
    erasure: str
    due: datetime | None = None


def fingerprint(public_id: str) -> str:
    """Return what a public id is called in the ledger (HMAC-SHA256, hex)."""
    return _keyed("id", public_id)


def record(
    event: str, user_public_id: str, erasure_public_id: str, *, due: datetime | None = None
) -> Entry:
    """Append one event; it is on the disk when this returns. Raises OSError when it can't be.

    The same event of the same erasure is written once, so that a repeated step may call again
    only while its predecessor is the last line; readers must take repetitions as one.
    """
    if event not in EVENTS:
        raise ValueError(f"unknown event {event}")
    with _opened() as file:
        last = _cut_torn_tail(file)
        entry = Entry(
            number=int(last["n"]) + 1 if last else 1,
            at=timezone.now(),
            event=event,
            user=fingerprint(user_public_id),
            erasure=fingerprint(erasure_public_id),
            due=due,
        )
        if last and _same(last, entry):
            return entry
        line = _sealed(entry, str(last["seal"]) if last else START)
        file.seek(0, os.SEEK_END)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return entry


def replay() -> Iterator[Entry]:
    """Yield every entry, oldest first; raise Tampered at the first line that isn't as written."""
    path = Path(settings.LEDGER_PATH)
    if not path.exists():
        return
    before = START
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.endswith(b"\n"):
                return  # torn by a kill while it was written: nobody was told that it is there
            entry, before = _read(raw, number, before)
            yield entry


@contextmanager
def _opened() -> Iterator[IO[bytes]]:
    """Open the ledger for one writer at a time, making it (and its folder) the first time."""
    path = Path(settings.LEDGER_PATH)
    new = not path.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if new:
            _sync_folder(path.parent)
        yield file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut_torn_tail(file: IO[bytes]) -> dict[str, Any] | None:
    """Drop a half-written last line, and return the last whole one."""
    size = file.seek(0, os.SEEK_END)
    reach = min(size, 4096)  # a line takes about 350 bytes
    file.seek(size - reach)
    tail = file.read(reach)
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        file.truncate(size - (len(tail) - len(whole)))
    lines = whole.splitlines()
    last: dict[str, Any] | None = json.loads(lines[-1]) if lines else None
    return last


def _same(last: dict[str, Any], entry: Entry) -> bool:
    return (last["event"], last["user"], last["erasure"], last.get("due")) == (
        entry.event,
        entry.user,
        entry.erasure,
        entry.due.isoformat() if entry.due else None,
    )


def _sealed(entry: Entry, before: str) -> bytes:
    values = {
        "n": entry.number,
        "at": entry.at.isoformat(),
        "event": entry.event,
        "user": entry.user,
        "erasure": entry.erasure,
        **({"due": entry.due.isoformat()} if entry.due else {}),
    }
    return _line({**values, "seal": _seal(values, before)})


def _seal(values: dict[str, Any], before: str) -> str:
    return _keyed("seal", before + _line(values).decode())


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _read(raw: bytes, number: int, before: str) -> tuple[Entry, str]:
    try:
        values = json.loads(raw)
        seal = str(values.pop("seal"))
        whole = values["n"] == number and hmac.compare_digest(seal, _seal(values, before))
        entry = Entry(
            values["n"],
            datetime.fromisoformat(values["at"]),
            values["event"],
            values["user"],
            values["erasure"],
            datetime.fromisoformat(values["due"]) if "due" in values else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Tampered(f"Line {number} of the ledger can't be read.") from None
    if not whole:
        raise Tampered(f"Line {number} of the ledger is not what was written.")
    return entry, seal


def _keyed(use: str, text: str) -> str:
    key = hashlib.sha256(f"privacy.ledger.{use}:{settings.LEDGER_KEY}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
