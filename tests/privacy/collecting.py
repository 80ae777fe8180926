"""A pytest plugin: writes which collected tests carry which clause marks, as pytest sees them.

Used by test_marks.py in a process of its own: `pytest --collect-only -p tests.privacy.collecting`.
"""

import json
import os
from pathlib import Path

import pytest

MAY_NOT_RUN = ("skip", "skipif", "xfail")


def pytest_collection_finish(session: pytest.Session) -> None:
    marked: dict[str, list[str]] = {}
    for item in session.items:
        test = item.nodeid.partition("[")[0]
        for mark in item.iter_markers("clause"):
            for clause in mark.args:
                marked.setdefault(clause, [])
                runs = not any(item.get_closest_marker(name) for name in MAY_NOT_RUN)
                if runs and test not in marked[clause]:
                    marked[clause].append(test)
    Path(os.environ["JAMSITE_MARKS"]).write_text(json.dumps(marked))
