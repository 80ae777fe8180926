"""Takes survive: a killed tab, a killed worker."""

import contextlib
import os
import signal
from typing import Any

import psutil
import pytest

from tests.e2e.listening import level, samples
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import join
from tests.live.test_recording import kill_tab

pytestmark = pytest.mark.alone
EVA_HERTZ, FINN_HERTZ = 440, 660
STATE = "select state from sessions_app_recording order by id desc limit 1"
STEMS = """select count(*) from sessions_app_stem where state in ('stored', 'aligned')
    and recording_id = (select max(id) from sessions_app_recording)"""


@pytest.mark.clause("takes-survive")
def test_a_killed_tab_and_a_killed_worker_lose_no_take(
    site: Site, browsers: tuple[Any, Any]
) -> None:
    eva, finn = (visitor(each) for each in browsers)
    sign_up(eva, site, "eva")
    sign_up(finn, site, "finn")
    _enter_together(eva, finn, site)
    eva.get_by_role("button", name="Ask to record").click()
    finn.get_by_role("button", name="Agree").click()
    until(eva, lambda: site.value(STATE) == "recording", 15, "recording has begun")
    eva.wait_for_timeout(8500)

    kill_tab(browsers[1])
    eva.get_by_role("button", name="Stop recording").click()
    until(eva, lambda: site.value(STEMS) == 1, 90, "Eva's stem is stored")
    assert site.value(STATE) == "uploading"

    # Any page of the site, opened later in the same browser, sends what the tab left behind.
    finn = finn.context.new_page()
    finn.goto(f"{site.url}/favourites/")
    until(finn, lambda: site.value(STEMS) == 2, 90, "Finn's stem is rescued")
    _kill_worker(site)

    until(eva, lambda: site.value(STATE) == "ready", 150, "the mix is made all the same")
    name = site.value("select flac from sessions_app_mix where status = 'done' order by id desc")
    sound = samples(site.media / name)
    assert level(sound, EVA_HERTZ) > -40
    assert level(sound, FINN_HERTZ) > -40


def _enter_together(eva: Any, finn: Any, site: Site) -> None:
    eva.goto(f"{site.url}/jam/new/")
    eva.locator("input[name=audience][value=public]").check()
    eva.get_by_role("button", name="Open the room").click()
    eva.wait_for_url(lambda url: "/jam/new" not in url)
    session = eva.url.removesuffix("room/")
    finn.goto(session)
    finn.get_by_role("button", name="Take a seat").click()
    eva.goto(f"{session}room/")
    join(eva)
    join(finn)
    until(eva, lambda: len(eva.evaluate("document.querySelector('jam-room').peers")) == 1, 20,
          "they meet")  # fmt: skip


def _kill_worker(site: Site) -> None:
    """kill -9 of every worker process, whatever it is doing right now."""
    killed = 0
    for process in psutil.Process(site.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            line = process.cmdline()
            if {"celery", "worker"} <= set(line) and "leash" not in " ".join(line):
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
    assert killed
