"""One-way delay of live sound between two pages, worklet to worklet, beside plain WebRTC audio.

Also over paths that delay, lose, squeeze and break (`tests.live.impairment`), both over the same.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.live.browsers import PROBE, PROBE_WORKLET, figures, join, launch, until
from tests.live.conftest import build
from tests.live.impairment import Conditions, Impairment
from tests.live.standin import StandIn

CLICKS = 24  # at each page; four a second
SETTLE = 3.0
WATCHED = 20.0  # seconds
FITS = 8.0  # seconds until a form that fits the path is found
LONGEST = 1200  # ms: a click that comes later is taken for lost
PRODUCT, WEBRTC = "&probe=graph", "&engine=webrtc&probe=stream"
PATHS = {
    "10±1 ms, 1 % loss": Conditions(10, 1, 0.01),
    "30±3 ms, 1 % loss": Conditions(30, 3, 0.01),
    "30±8 ms, 2 % loss": Conditions(30, 8, 0.02),
    "60±6 ms, 1 % loss": Conditions(60, 6, 0.01),
    "30±3 ms, 300 kbit/s": Conditions(30, 3, 0, 300),
    "30±3 ms, 120 kbit/s": Conditions(30, 3, 0, 120),
}


OVER_PATHS = "clicks made in the graph; WebRTC's come through a MediaStream (about 19 ms)"


class Heard(NamedTuple):
    """Delays in ms, the share of the sound that was concealed (0–1), and what the strip showed."""

    delays: list[float]
    concealed: float
    peer: dict[str, Any]

    @property
    def median(self) -> float:
        return statistics.median(self.delays)

    def __str__(self) -> str:
        low, high = (statistics.quantiles(self.delays, n=10)[place] for place in (0, -1))
        return (
            f"{len(self.delays)} clicks, p10 {low:.1f}, p90 {high:.1f}, {self.peer['engine']},"
            f" {self.concealed:.1%} concealed, shown {self.peer['latencyMs'] or 0:.0f} ms"
        )


def _run(browser: Any, dist: Path, query: str, path: Conditions | None = None) -> Heard:
    with ExitStack() as stack:
        site = stack.enter_context(StandIn(dist))
        if path is not None:
            site.network = stack.enter_context(Impairment())
            site.network.be(replace(path, capacity=0))
        contexts = [browser.new_context() for _ in range(2)]
        pages = [context.new_page() for context in contexts]
        for page, user in zip(pages, ("ada", "ben"), strict=True):
            page.add_init_script(PROBE.read_text())
            page.goto(site.room(user, query))
            join(page)
        ada, ben = pages
        for page in pages:
            until(page, partial(page.evaluate, "probe.heard.length"), 20, "clicks arrive")
        if path is not None and path.capacity:
            site.network.be(path)
        ada.wait_for_timeout((FITS if path else SETTLE) * 1000)
        before = figures(ada)[0]["concealedMs"]
        for page in pages:
            page.evaluate("probe.emitted = [], probe.heard = []")
        passed = CLICKS * 250 + 1000
        ada.wait_for_timeout(passed)
        delays = [*_delays(ada, ben), *_delays(ben, ada)]
        (peer,) = figures(ada)
        for context in contexts:
            context.close()
    return Heard(delays, (peer["concealedMs"] - before) / passed, peer)


def _delays(sender: Any, hearer: Any) -> Iterator[float]:
    """Yield how long each click that was heard had taken."""
    emitted = sender.evaluate("probe.emitted")
    for time in hearer.evaluate("probe.heard"):
        taken = [time - at for at in emitted if -2 < time - at < LONGEST]
        if taken:
            yield min(taken)


def measure() -> list[dict]:
    """`floor` is plain WebRTC audio in the same two pages, over the same path."""
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="bench-live-"))
    try:
        dist = build(folder)
        shutil.copy(PROBE_WORKLET, dist)
        with sync_playwright() as playwright:

            def run(query: str, path: Conditions | None = None) -> Heard:
                browser = launch(playwright)
                heard = _run(browser, dist, query, path)
                browser.close()
                return heard

            def use(query: str) -> float:
                browser = launch(playwright)
                used = _processor(browser, dist, query)
                browser.close()
                return used

            return [*_direct(run), _three(use), *_over_paths(run)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _processor(browser: Any, dist: Path, query: str) -> float:
    """Return what a browser with three players and their meters takes of two cores, in per cent."""
    with StandIn(dist) as site:
        for user in ("ada", "ben", "cleo"):
            page = browser.new_context().new_page()
            page.goto(site.room(user, query))
            join(page)
        until(page, lambda: len(figures(page)) == 2, 30, "three are in")
        page.wait_for_timeout(FITS * 1000)
        before = _seconds()
        page.wait_for_timeout(WATCHED * 1000)
        return 100 * (_seconds() - before) / WATCHED / 2


def _seconds() -> float:
    """Return the processor seconds of all browsers that this process started."""
    spent = 0.0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in child.name():
                spent += sum(child.cpu_times()[:2])
    return spent


def _three(use: Any) -> dict:
    value, floor = use(""), use("&engine=webrtc")
    return {
        "name": "live, three players in one browser",
        "value": round(value, 1),
        "floor": round(floor, 1),
        "ratio": round(value / floor, 3),
        "unit": "% of two cores",
        "better": "lower",
        "note": f"all processes of the browser, {WATCHED:.0f} s: six lines of sound, meters",
    }


def _direct(run: Any) -> Iterator[dict]:
    floor = run(WEBRTC)
    for name, query, note in (
        ("live_one_way_delay", "&probe=stream",
         "both through a MediaStream, as a microphone is (about 19 ms)"),
        ("live_one_way_delay_opus", "&engine=opus&probe=stream",
         "Opus forced; both through a MediaStream"),
        ("live_one_way_delay_engine", PRODUCT,
         "the engine alone: clicks made inside its graph"),
    ):  # fmt: skip
        yield _row(name, run(query), floor, note)


def _over_paths(run: Any) -> Iterator[dict]:
    for name, path in PATHS.items():
        yield _row(f"live, {name}", run(PRODUCT, path), run(WEBRTC, path), OVER_PATHS)


def _row(name: str, heard: Heard, floor: Heard, note: str) -> dict:
    return {
        "name": name,
        "value": round(heard.median, 1),
        "floor": round(floor.median, 1),
        "ratio": round(heard.median / floor.median, 3),
        "unit": "ms",
        "better": "lower",
        "note": f"{note}; {heard}; WebRTC: {floor}",
    }
