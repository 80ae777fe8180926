"""Telling the rooms that play a recording as their backing track that it isn't what it was."""

from collections.abc import Iterable

from django.db import transaction

from foundation.live import tell


def group_of(recording: int) -> str:
    """Return the group of the sockets whose client plays a recording (a key)."""
    return f"track.{recording}"


def ask_again(recordings: Iterable[int]) -> None:
    """Have every client that plays one of these recordings asked about anew, once it's committed.

    What isn't told by this is noticed by the next look of each socket, within half a minute.
    """
    for key in set(recordings):
        transaction.on_commit(lambda key=key: tell(group_of(key), type="room.track"))  # type: ignore[misc]
