"""A page that the system puts to sleep, as phones do with what isn't looked at: it comes back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .browsers import hears, join, until
from .conftest import ADA, BEN
from .standin import StandIn

pytestmark = pytest.mark.e2e


@contextmanager
def asleep(page: Any) -> Iterator[None]:
    """Stop the processes of a browser's pages, as a system does that saves power."""
    system = page.context.browser.new_browser_cdp_session()
    processes = system.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [process["id"] for process in processes if process["type"] == "renderer"]
    for pid in pages:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pages:
            os.kill(pid, signal.SIGCONT)
        system.detach()


CLOCK = """
let last = performance.now();
window.gaps = [];
setInterval(() => {
  const now = performance.now();
  window.gaps.push(now - last);
  last = now;
}, 500);
"""


def test_a_page_that_slept_is_heard_again_without_a_reload(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)

    def both() -> bool:
        return hears(ben, "ada", ADA) and hears(ada, "ben", BEN)

    until(ben, both, 40, "both hear")
    ada.evaluate(CLOCK)
    with asleep(ada):
        until(ben, lambda: not hears(ben, "ada", ADA), 20, "nothing comes of her")
        ben.wait_for_timeout(20_000)  # longer than paths and players wait before they begin anew
    until(ben, both, 60, "both hear again")
    assert ada.evaluate("Math.max(...window.gaps)") > 10_000  # it slept, and it is the same page
    assert [page.problems for page in pages] == [[], []]
