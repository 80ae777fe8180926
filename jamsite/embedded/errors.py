"""The one way in which starting fails."""

import errno
from pathlib import Path

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class StartError(Exception):
    """Says in one sentence what is wrong and what to do about it."""


def folder_trouble(folder: Path, error: OSError) -> StartError:
    """Return the sentence for a data folder that can't be used."""
    if error.errno in DISK_FULL:
        return StartError(f"The disk that holds {folder} is full: free some space and start again.")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return StartError(
            f"{folder} should be a folder, and a file is in its place: "
            "move the file away, or set JAMSITE_DATA to another folder."
        )
    return StartError(
        f"The data folder {folder} can't be used ({error.strerror}): "
        "give it to the user who starts Jamsite, or set JAMSITE_DATA to another folder."
    )
