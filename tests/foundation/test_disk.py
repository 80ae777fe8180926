"""A disk that is really full: one sentence for the person, one for the operator, and no loss."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation.work import NO_ROOM
from privacy.models import Export
from privacy.portability.export import job
from sessions_app.models import Stem, StemChunk
from tests.cast import Cast
from tests.sessions_app.test_api_stems import put, stem  # noqa: F401

SIZE = 256 * 1024
NO_ROOM_SAID = "No room is left on the disk"


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A disk of 256 KiB for everything that is stored; only root may mount one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], check=True)
    settings.MEDIA_ROOT, settings.WORK_DIR = place / "media", place / "work"
    yield place
    subprocess.run(["umount", place], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing more fits."""
    stuffing = disk / "stuffing"
    try:
        with stuffing.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
    except OSError as error:
        assert error.errno == errno.ENOSPC
    return stuffing


def test_an_upload_that_finds_no_room_is_told_and_comes_again(
    cast: Cast,
    stem: Stem,  # noqa: F811
    small_disk: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = cast.client("owner")
    stuffing = fill(small_disk)
    answer = put(client, stem, 0)
    assert (answer.status_code, answer["Content-Type"]) == (507, "application/problem+json")
    assert answer.json()["detail"].startswith("There is no room left here just now.")
    assert answer["Retry-After"] == "60"
    assert NO_ROOM_SAID in caplog.text
    assert not StemChunk.objects.exists()
    stuffing.unlink()
    assert put(client, stem, 0).status_code == 204


def test_a_copy_waits_for_room_and_is_made_then(
    cast: Cast, small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stuffing = fill(small_disk)
    export = job.order(cast["owner"])
    with pytest.raises(OSError, match="No space left"):
        job.run(export.pk)
    export.refresh_from_db()
    assert (export.status, export.error, export.attempts) == ("waiting", NO_ROOM, 0)
    assert NO_ROOM_SAID in caplog.text
    page = cast.client("owner").get("/settings/data/").content.decode()
    assert "your file is made as soon as there is" in page
    stuffing.unlink()
    Export.objects.update(due_at=export.created_at)
    job.run(export.pk)
    export.refresh_from_db()
    assert export.status == "done"
