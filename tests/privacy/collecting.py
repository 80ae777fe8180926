"""A pytest plugin: writes which collected tests carry which clause marks, as pytest sees them.

Used by test_marks.py in a process of its own: `pytest --collect-only -p tests.privacy.collecting`.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

MAY_NOT_RUN = ("skip", "skipif", "xfail")


def pytest_collection_finish(session: pytest.Session) -> None:
    marked = marks_of(session.items)
    Path(os.environ["JAMSITE_MARKS"]).write_text(json.dumps(marked))


def marks_of(items: Iterable[pytest.Item]) -> dict[str, list[str]]:
    """Return the tests that carry each clause and run, by clause."""
    marked: dict[str, list[str]] = {}
    for item in items:
        # xdist writes a test's group behind its name.
        test = item.nodeid.partition("[")[0].partition("@")[0]
        for mark in item.iter_markers("clause"):
            for clause in mark.args:
                marked.setdefault(clause, [])
                runs = not any(item.get_closest_marker(name) for name in MAY_NOT_RUN)
                if runs and test not in marked[clause]:
                    marked[clause].append(test)
    return marked
