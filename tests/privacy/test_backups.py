"""A backup brings everything back, and nobody who was erased since."""

import io
import json
import tarfile
from pathlib import Path
from typing import IO, Any

import pyrage
import pytest

from privacy.backups import archive
from privacy.backups.archive import Packer, pack, unpack
from privacy.backups.tools import Failed

KEY = pyrage.x25519.Identity.generate()
PUBLIC = str(KEY.to_public())


def packed(members: dict[str, bytes]) -> bytes:
    def fill(packer: Packer) -> None:
        for name, data in members.items():
            packer.add(name, io.BytesIO(data), len(data))
        packer.finish({"taken_at": "2026-11-22T00:00:00+00:00"})

    target = io.BytesIO()
    pack(target, [PUBLIC], fill)
    return target.getvalue()


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    data = packed({"database.dump": b"mark-dump" * 100_000, "media/stems/a.flac": b"mark-sound"})
    assert b"mark-" not in data
    manifest = unpack(io.BytesIO(data), str(KEY), tmp_path)
    assert sorted(manifest["sha256"]) == ["database.dump", "media/stems/a.flac"]
    assert (tmp_path / "database.dump").read_bytes() == b"mark-dump" * 100_000
    assert (tmp_path / "media/stems/a.flac").read_bytes() == b"mark-sound"


def test_a_backup_for_two_opens_with_either_key(tmp_path: Path) -> None:
    other = pyrage.x25519.Identity.generate()
    target = io.BytesIO()
    pack(target, [PUBLIC, str(other.to_public())], lambda packer: packer.finish({}))
    for key in (KEY, other):
        assert unpack(io.BytesIO(target.getvalue()), str(key), tmp_path)["sha256"] == {}


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _bent(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("harm", [_cut, _bent])
def test_a_damaged_backup_is_refused(tmp_path: Path, harm: Any) -> None:
    data = packed({"database.dump": bytes(300_000)})
    with pytest.raises(Failed, match="can't be read"):
        unpack(io.BytesIO(harm(data)), str(KEY), tmp_path)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    data = packed({"database.dump": b"x"})
    with pytest.raises(Failed, match="can't be read"):
        unpack(io.BytesIO(data), str(pyrage.x25519.Identity.generate()), tmp_path)
    with pytest.raises(Failed, match="no age identity"):
        unpack(io.BytesIO(data), "AGE-SECRET-KEY-1NONSENSE", tmp_path)
    with pytest.raises(Failed, match="no age public key"):
        pack(io.BytesIO(), ["age1nonsense"], lambda packer: packer.finish({}))
    with pytest.raises(Failed, match="nobody could read"):
        pack(io.BytesIO(), [], lambda packer: packer.finish({}))


def _forged(members: dict[str, bytes], sums: dict[str, str]) -> bytes:
    """Return an archive that somebody with the public key made up."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w|") as tar:
        told = {"format": archive.FORMAT, "sha256": sums}
        for name, data in {**members, archive.MANIFEST: json.dumps(told).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    sealed: bytes = pyrage.encrypt(plain.getvalue(), [KEY.to_public()])
    return sealed


def test_a_forged_backup_writes_nothing_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    with pytest.raises(Failed, match="leads elsewhere"):
        unpack(io.BytesIO(_forged({"../out": b"x"}, {})), str(KEY), folder)
    with pytest.raises(Failed, match="not those of its manifest"):
        unpack(io.BytesIO(_forged({"database.dump": b"x"}, {})), str(KEY), folder)
    assert not (tmp_path / "out").exists()


def test_an_error_while_packing_is_told_and_not_swallowed() -> None:
    def fill(packer: Packer) -> None:
        source: IO[bytes] = io.BytesIO(b"short")
        packer.add("database.dump", source, 10)

    with pytest.raises(OSError, match="unexpected end of data"):
        pack(io.BytesIO(), [PUBLIC], fill)
