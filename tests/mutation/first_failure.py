"""A pytest plugin: writes the id of the first test that fails to the file MUTATION_FAILED names."""

import os
from pathlib import Path

import pytest

_place = Path(os.environ["MUTATION_FAILED"])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed and not _place.exists():
        _place.write_text(report.nodeid)
