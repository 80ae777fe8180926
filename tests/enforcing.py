"""A pytest plugin: a test that enforces a clause of the policy may not be skipped.

The policy tells people that a check stands behind the clause; a check that didn't run is none.
"""

from collections.abc import Generator
from typing import Any

import pytest

COLLECTED = pytest.StashKey[list[pytest.Item]]()  # of the whole suite, before any is left out


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("file_or_dir"):
        config.stash[COLLECTED] = list(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.get_closest_marker("clause"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} enforces a clause of the policy and was skipped: {report.longrepr}"
        )
    return report
