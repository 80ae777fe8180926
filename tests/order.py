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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; all others stay as they were."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    for place, name in enumerate(LONGEST):
        if name in item.nodeid:
            return place
    return len(LONGEST)
