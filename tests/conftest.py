"""What all tests share: clean media, a quiet queue, the cast."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests import written
from tests.cast import OWN_CLIENT, Cast


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Give each test its own media and work folders."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    settings.WORK_DIR = tmp_path / "work"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.LEDGER_PATH = tmp_path / "ledger" / "erasures.jsonl"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def clear_counts() -> None:
    """Rate limits are counted in the cache; every test starts from none."""
    cache.clear()


@pytest.fixture(autouse=True)
def known_json() -> Iterator[None]:
    """A test that has JSON written with a key the data map doesn't name has failed."""
    written.unknown.clear()
    yield
    assert written.unknown == set()


@pytest.fixture(scope="session", autouse=True)
def watched_json() -> None:
    written.watch()


@pytest.fixture
def own_client(settings: Any) -> str:
    """Name a client of our own in the settings; return the id that it sends."""
    settings.OWN_CLIENT_IDS = [OWN_CLIENT]
    return OWN_CLIENT


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.assemble()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Browser tests run by themselves (`make test`): two live rooms at once starve each other."""
    if {"e2e", "live"} & set(item.path.parts):
        item.add_marker(pytest.mark.e2e)
