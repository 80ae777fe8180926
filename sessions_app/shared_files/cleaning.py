"""What is kept of a shared file: its content, without what it tells about who made it.

Pictures are drawn anew from their pixels. Sound and PDFs are written anew by a process of its own
(`sessions_app.shared_files.writing`), with limits of time and memory, as their readers are large
and the bytes are a stranger's.
"""

import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.profile.services.photos import draw_anew
from foundation.filenames import file_name
from foundation.text import Unfit, fit
from sessions_app.shared_files.kinds import PICTURE, SOUNDS, TEXTS, ending_of

MAX_BYTES = 10 * 1024 * 1024
LONGEST_EDGE = 2400  # pixels: a page of notes is read from it
NAME_LENGTH = 100
SECONDS = 20
_WRITERS = threading.BoundedSemaphore(2)  # at a time, in one process


class NotShareable(ValueError):
    """The file can't be shared; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is stored: the name that people see, its ending, the bytes."""

    name: str
    ending: str
    data: bytes


def clean(upload: IO[bytes], name: str) -> Cleaned:
    """Return a file as it is stored. Raises NotShareable, with a sentence that says why."""
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise NotShareable(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise NotShareable(_("The file is larger than 10 MB."))
    ending = ending_of(data, name)
    if ending is None:
        raise NotShareable(
            _(
                "Pictures, sound, PDF, MIDI and plain text (also ChordPro, ABC, LilyPond, MusicXML)"
                " can be shared. This is none of them."
            )
        )
    data = _content(data, ending)
    if len(data) > MAX_BYTES:
        raise NotShareable(_("The file is larger than 10 MB."))
    return Cleaned(_shown(name, ending), ending, data)


def _content(data: bytes, ending: str) -> bytes:
    if ending == PICTURE:
        try:
            return draw_anew(data, LONGEST_EDGE)
        except ValidationError as error:
            raise NotShareable(error.message) from None
    if ending == "mid":
        return _midi(data)
    if ending in TEXTS:
        return _text(data)
    written = _written_anew(data, ending)
    if written is None and ending == "pdf":
        raise NotShareable(_("The PDF is damaged, locked or has more than 200 pages."))
    if written is None:
        raise NotShareable(_("The file is damaged, locked or not what its beginning says."))
    return written


def _written_anew(data: bytes, ending: str) -> bytes | None:
    """Return what another process wrote anew; None if it couldn't, or took too long."""
    kind = "sound" if ending in SOUNDS else ending
    command = [sys.executable, "-m", "sessions_app.shared_files.writing", kind]
    # The folder is this process's: it goes with what is in it, however the other one ends.
    with _WRITERS, tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 (our own module)
                command, input=data, capture_output=True, timeout=SECONDS, check=False,
                cwd=settings.BASE_DIR,
                env={"PYTHONPATH": str(settings.BASE_DIR), "TMPDIR": folder},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def _midi(data: bytes) -> bytes:
    """Return a MIDI file up to the end of its last whole chunk. Raises NotShareable."""
    place, chunks = 0, 0
    while place + 8 <= len(data) and data[place : place + 4] in {b"MThd", b"MTrk"}:
        place += 8 + int.from_bytes(data[place + 4 : place + 8])
        chunks += 1
    if chunks < 2 or place > len(data):
        raise NotShareable(_("The file is damaged, locked or not what its beginning says."))
    return data[:place]


def _text(data: bytes) -> bytes:
    try:
        return fit(data.decode("utf-8-sig")).encode()
    except UnicodeDecodeError:
        raise NotShareable(_("The text isn't UTF-8. Save it as UTF-8 and try again.")) from None
    except Unfit as error:
        raise NotShareable(str(error)) from None


def _shown(name: str, ending: str) -> str:
    """Return the name that people see: its own words, with the ending that is true."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", PurePosixPath(name.replace("\\", "/")).name)
    return file_name(stem[: NAME_LENGTH - len(ending) - 1], ending, _("file"))
