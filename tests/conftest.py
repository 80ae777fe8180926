"""What all tests share: clean media, a quiet queue, the cast."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from foundation import budget
from tests import written
from tests.cast import OWN_CLIENT, Cast
from tests.stages import folders, stages


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Give each test its own media and work folders."""
    for name, path in folders(tmp_path).items():
        setattr(settings, name, path)
    yield settings.MEDIA_ROOT
    shutil.rmtree(tmp_path / "media", ignore_errors=True)


@pytest.fixture(autouse=True)
def clear_counts() -> None:
    """Rate limits are counted in the cache, and by sockets; every test starts from none."""
    cache.clear()
    budget._held.clear()  # the cast has the same keys in each test


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


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[None]:  # fmt: skip
    """Beside the database without anybody, make those that tests of this run ask for."""
    with django_db_blocker.unblock():
        stages.make(request.session.items, tmp_path_factory.mktemp)
    yield
    with django_db_blocker.unblock():
        stages.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    stages.next(item)


@pytest.fixture
def standing(media_folder: Path, db: None) -> Any:
    """What stands on the stage of this test: the cast, or a world with the cast in it."""
    return stages.things()


@pytest.fixture
def cast(standing: Any) -> Cast:
    cast: Cast = getattr(standing, "cast", standing) or Cast.assemble()
    return cast


def pytest_itemcollected(item: pytest.Item) -> None:
    """Browsers share one site and one worker; live sound is left alone (scripts/test.py)."""
    folders = {"e2e", "live"} & set(item.path.parts)
    if folders:
        item.add_marker(pytest.mark.e2e)
    if "live" in folders:
        item.add_marker(pytest.mark.alone)
    elif folders and not item.get_closest_marker("alone"):
        item.add_marker(pytest.mark.xdist_group("browsers"))
