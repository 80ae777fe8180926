"""Who may use a data folder: one supervisor at a time."""

import fcntl
import os
import time
from pathlib import Path

from jamsite.embedded.errors import StartError, folder_trouble
from jamsite.embedded.paths import run_dir

PATIENCE_FOR_A_GLANCE = 0.5
PATIENCE_FOR_LEASHES = 15.0


class FolderLock:
    """Held while a supervisor uses the folder; the kernel frees it, however the holder ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = run_dir(folder) / "lock"
        self.mark = run_dir(folder) / "leashes"
        self._held: int | None = None

    def take(self) -> None:
        """Take the folder, and wait until nothing of a killed supervisor runs any more."""
        try:
            held = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise folder_trouble(self.folder, error) from None
        if not _patiently(held, PATIENCE_FOR_A_GLANCE):
            owner = os.pread(held, 200, 0).decode(errors="replace").strip() or "another process"
            os.close(held)
            raise StartError(
                f"Jamsite already runs on {self.folder} ({owner}): "
                "stop it first, or set JAMSITE_DATA to another folder."
            )
        self._held = held
        try:
            self._sign(held)
            self._wait_for_leashes()
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        if self._held is not None:
            os.ftruncate(self._held, 0)
            os.close(self._held)
            self._held = None

    def _sign(self, held: int) -> None:
        since = time.strftime("%H:%M")
        try:
            os.ftruncate(held, 0)
            os.pwrite(held, f"process {os.getpid()}, since {since}".encode(), 0)
        except OSError as error:
            raise folder_trouble(self.folder, error) from None

    def _wait_for_leashes(self) -> None:
        mark = os.open(self.mark, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _patiently(mark, PATIENCE_FOR_LEASHES):
                raise StartError(
                    f"Processes of an earlier start still use {self.folder}: "
                    "wait a moment and start again, or end them."
                )
        finally:
            os.close(mark)


def is_held(folder: Path) -> bool:
    """Return whether a supervisor uses this folder now."""
    try:
        glance = os.open(run_dir(folder) / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(glance, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(glance)
    return False


def _patiently(descriptor: int, seconds: float) -> bool:
    """Take an exclusive lock, trying for some seconds (others may glance with a shared one)."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True
