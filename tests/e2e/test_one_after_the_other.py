"""Browser tests share one worker: two live rooms at once would starve each other."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process has one order")
def test_browser_tests_are_of_one_group(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@browser")
