"""Names and tags in sound files, written while they are sent: nothing is decoded or stored anew.

Written by hand because the libraries that can do it are under the GPL or decode the sound, which
the web process has no business with. FLAC: RFC 9639, section 8. MP4: ISO/IEC 14496-12, with the
boxes of tags that all players read (`moov/udta/meta/ilst`).
"""

from typing import IO

from foundation.tagging.flac import flac_head
from foundation.tagging.mp4 import mp4_head
from foundation.tagging.tags import Tags

__all__ = ["Tagged", "Tags", "flac_head", "mp4_head", "tagged"]


class Tagged:
    """A file with another beginning: `head`, then the stored file from `skip` on."""

    def __init__(self, head: bytes, file: IO[bytes], skip: int, size: int) -> None:
        self._head, self._file, self._skip = head, file, skip
        self.size = len(head) + size - skip
        self._at = 0

    def seek(self, place: int) -> None:
        self._at = place

    def read(self, length: int) -> bytes:
        """Return up to `length` bytes from here on; empty at the end."""
        if self._at < len(self._head):
            block = self._head[self._at : self._at + length]
        else:
            self._file.seek(self._skip + self._at - len(self._head))
            block = self._file.read(length)
        self._at += len(block)
        return block

    def __enter__(self) -> "Tagged":
        return self

    def __exit__(self, *_ended: object) -> None:
        self._file.close()


HEADS = {"audio/flac": flac_head, "audio/mp4": mp4_head}


def tagged(file: IO[bytes], size: int, content_type: str, tags: Tags) -> Tagged:
    """Return a file of a known type with these tags in place of its own.

    A file that isn't what its type says is returned as it is.
    """
    try:
        head, skip = HEADS[content_type](file, tags)
    except (KeyError, ValueError):
        head, skip = b"", 0
    return Tagged(head, file, skip, size)
