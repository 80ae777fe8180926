"""Files that an import stores, taken back when a dry run or a fault undoes their rows.

A database forgets what a transaction did; a storage doesn't, so the names are written down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

_stored: list[str] = []


def store(name: str, path: Path) -> str:
    """Store a local file under the one name it can have, replacing a killed run's half."""
    default_storage.delete(name)
    with path.open("rb") as source:
        stored = default_storage.save(name, File(source))
    remember(stored)
    return stored


def remember(name: str) -> None:
    """Note a file stored by other means, so that a dry run takes it back."""
    _stored.append(name)


@contextmanager
def undone() -> Iterator[None]:
    """Delete what is stored inside, when it ends."""
    _stored.clear()
    try:
        yield
    finally:
        for name in _stored:
            default_storage.delete(name)
        _stored.clear()
