"""The format of a backup: a tar in an age envelope (age-encryption.org, X25519).

Members, in this order: `database.dump` (pg_dump's own format), `media/…` one for each file, and
`manifest.json` with the SHA-256 of all of them. Both ends stream: memory stays flat, and nothing
unencrypted is written beside the backup. The server needs only the public key to write one.
"""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage

from privacy.backups.tools import Failed

FORMAT = "jamsite-backup/1"
DUMP = "database.dump"
MANIFEST = "manifest.json"
BLOCK = 1 << 20


class Hashed(io.RawIOBase):
    """A file that counts and hashes what passes into or out of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.size = 0
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def _pass(self, data: bytes) -> bytes:
        self.hash.update(data)
        self.size += len(data)
        return data

    def write(self, data: Any) -> int:
        self.file.write(self._pass(bytes(data)))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        return self._pass(self.file.read(size))


class Packer:
    """Writes the members of one backup."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.sums: dict[str, str] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Write one member; `size` bytes are read from `source`."""
        info = tarfile.TarInfo(name)
        info.size = size
        hashed = Hashed(source)
        self.tar.addfile(info, hashed)
        self.sums[name] = hashed.hash.hexdigest()

    def finish(self, about: dict[str, Any]) -> None:
        text = json.dumps({"format": FORMAT, **about, "sha256": self.sums}, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        self.tar.addfile(info, io.BytesIO(text))


def pack(target: IO[bytes], recipients: list[str], fill: Callable[[Packer], None]) -> None:
    """Write an encrypted archive that `fill` fills; raises whatever `fill` raises."""
    keys = [_recipient(recipient) for recipient in recipients]
    if not keys:
        raise Failed("BACKUP_RECIPIENTS is empty: nobody could read the backup.")

    def feed(pipe: IO[bytes]) -> None:
        with tarfile.open(fileobj=pipe, mode="w|", bufsize=BLOCK) as tar:
            fill(Packer(tar))

    with _beside(feed) as reader:
        pyrage.encrypt_io(reader, target, keys)


def unpack(source: IO[bytes], identity: str, folder: Path) -> dict[str, Any]:
    """Write an archive's members below `folder`; return its manifest once every sum agrees.

    Raises `Failed` on a wrong key, a damaged or cut archive, and on names that lead elsewhere.
    """
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError:
        raise Failed("This is no age identity (AGE-SECRET-KEY-1…).") from None

    def feed(pipe: IO[bytes]) -> None:
        pyrage.decrypt_io(source, pipe, [key])

    try:
        with _beside(feed) as reader, tarfile.open(fileobj=reader, mode="r|") as tar:
            sums, manifest = _extract(tar, folder)
    except (pyrage.DecryptError, OSError, tarfile.TarError) as error:
        raise Failed(f"The backup can't be read: {error}.") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise Failed("The backup has no manifest: it is not whole.")
    if manifest["sha256"] != sums:
        raise Failed("The backup's files are not those of its manifest.")
    return manifest


def _extract(tar: tarfile.TarFile, folder: Path) -> tuple[dict[str, str], dict[str, Any] | None]:
    """Write the members below `folder`; return the sum of each by its name, and the manifest."""
    sums, manifest = {}, None
    for member in tar:
        data = tar.extractfile(member)
        if data is None:
            raise Failed(f"{member.name} in the backup is no file.")
        if member.name == MANIFEST:
            manifest = json.loads(data.read())
        else:
            sums[member.name] = _write(data, _inside(folder, member.name))
    return sums, manifest


def _write(data: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    hashed = Hashed(data)
    with path.open("wb") as out:
        while block := hashed.read(BLOCK):
            out.write(block)
    path.chmod(0o600)
    return hashed.hash.hexdigest()


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Failed(f"The backup holds a name that leads elsewhere: {name}.")
    return path


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise Failed(f"{text!r} in BACKUP_RECIPIENTS is no age public key (age1…).") from None


@contextmanager
def _beside(feed: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """Run `feed` into a pipe in a thread of its own; raise its error where the pipe is read."""
    reading, writing = os.pipe()
    errors: list[BaseException] = []

    def work() -> None:
        with os.fdopen(writing, "wb") as pipe:
            try:
                feed(pipe)
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as reader:
            yield reader
            while reader.read(BLOCK):  # what follows the archive's end still counts as read
                pass
    except BaseException:
        thread.join()
        if errors and not isinstance(errors[0], BrokenPipeError):
            raise errors[0] from None
        raise
    thread.join()
    if errors:
        raise errors[0]
