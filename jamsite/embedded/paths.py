"""Where a running Jamsite keeps what it must not lose."""

import os
from pathlib import Path

from jamsite.embedded.errors import StartError, folder_trouble

PROJECT = Path(__file__).resolve().parent.parent.parent


def data_dir() -> Path:
    """Return the data folder: JAMSITE_DATA, or `.data` in the project. It need not exist.

    Settings ask for it first of all, so a file in its place ends any program here, in a sentence.
    """
    named = os.environ.get("JAMSITE_DATA", "")
    folder = Path(named).expanduser().absolute() if named else PROJECT / ".data"
    if folder.is_file():
        raise SystemExit(str(folder_trouble(folder, FileExistsError())))
    return folder


def usable_data_dir() -> Path:
    """Return the data folder, made if need be, or end the program with one sentence."""
    folder = data_dir()
    try:
        prepare(folder)
    except StartError as error:
        raise SystemExit(str(error)) from None
    return folder


def prepare(folder: Path) -> None:
    """Make the data folder with its `log` and `run`, closed to everybody else."""
    for directory in (folder, log_dir(folder), run_dir(folder)):
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise folder_trouble(folder, error) from None
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            raise folder_trouble(directory, PermissionError(13, "permission denied"))
    if folder == PROJECT / ".data" and folder.stat().st_uid == os.geteuid():
        folder.chmod(folder.stat().st_mode & 0o710)


def log_dir(folder: Path) -> Path:
    return folder / "log"


def run_dir(folder: Path) -> Path:
    return folder / "run"
