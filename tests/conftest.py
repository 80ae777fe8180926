"""What all tests share: clean media, a quiet queue, the cast."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.cast import Cast


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Give each test its own media and work folders."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    settings.WORK_DIR = tmp_path / "work"
    settings.MAIL_DIR = tmp_path / "mail"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def clear_counts() -> None:
    """Rate limits are counted in the cache; every test starts from none."""
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.assemble()
