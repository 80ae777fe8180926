"""The order of tests: the longest begin first, so that no worker ends with one of them alone.

The times are of `pytest --durations=0` (docs/tests.md); a file that isn't named is short.
"""

import pytest

# seconds on two cores, by the end of the test's id or of its file's name
LONGEST = (
    "tests/test_roles.py",
    "privacy/test_kill.py",
    "privacy/test_restore.py",
    "privacy/test_surfaces.py",
    "privacy/test_child_walk.py",
    "privacy/test_frame_walk.py",
    "up/test_up.py",
    "up/test_away.py",
    "privacy/test_canary.py",
    "privacy/test_settings.py",
    "privacy/test_leaving.py",
    "accounts/test_enumeration.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; the others stay in the order that chance gave them.

    pytest-randomly shuffles files and the tests in each, and prints its seed. Stories in browsers
    keep the order they are written in: they share a site, and a fault is looked for in its log.
    """
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> tuple[int, str, int]:
    if {"e2e", "live"} & set(item.path.parts):
        return -1, str(item.path), item.reportinfo()[1] or 0
    if item.get_closest_marker("alone"):
        return -2, "", 0  # while a browser is driven, Django's database is for its pages only
    ranks = (place for place, name in enumerate(LONGEST) if name in item.nodeid)
    return next(ranks, len(LONGEST)), "", 0
