"""One-way delay of live sound between two pages, worklet to worklet, beside plain WebRTC audio."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.live.browsers import PROBE, PROBE_WORKLET, figures, join, launch, until
from tests.live.conftest import build
from tests.live.standin import StandIn

CLICKS = 24  # at each page; four a second
SETTLE = 3.0


def _run(browser: Any, site: StandIn, query: str) -> tuple[list[float], dict]:
    contexts = [browser.new_context() for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.add_init_script(PROBE.read_text())
        page.goto(site.room(user, query))
        join(page)
    ada, ben = pages
    for page in pages:
        heard = partial(page.evaluate, "probe.heard.length")
        until(page, heard, 20, "clicks arrive")
    ada.wait_for_timeout(SETTLE * 1000)
    for page in pages:
        page.evaluate("probe.emitted = [], probe.heard = []")
    until(
        ada, lambda: ada.evaluate("probe.heard.length") >= CLICKS, 20, f"{CLICKS} clicks are heard"
    )
    delays = []
    for sender, hearer in ((ada, ben), (ben, ada)):
        emitted = sender.evaluate("probe.emitted")
        for time in hearer.evaluate("probe.heard"):
            before = [time - at for at in emitted if -2 < time - at < 240]
            if before:
                delays.append(min(before))
    peer = figures(ada)[0]
    for context in contexts:
        context.close()
    return delays, peer


def _figures(delays: list[float], peer: dict) -> str:
    low, high = statistics.quantiles(delays, n=10)[0], statistics.quantiles(delays, n=10)[-1]
    return (
        f"{len(delays)} clicks, p10 {low:.1f}, p90 {high:.1f}, {peer['engine']},"
        f" {peer['underruns']} gaps, shown {peer['latencyMs'] or 0:.0f} ms"
    )


def measure() -> list[dict]:
    """`floor` is plain WebRTC audio in the same two pages, fed by the same MediaStream."""
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="bench-live-"))
    try:
        dist = build(folder)
        shutil.copy(PROBE_WORKLET, dist)
        runs = {}
        with sync_playwright() as playwright:
            for name, query in (
                ("webrtc", "&engine=webrtc&probe=stream"),
                ("data", "&probe=stream"),
                ("opus", "&engine=opus&probe=stream"),
                ("graph", "&probe=graph"),
            ):
                browser = launch(playwright)
                with StandIn(dist) as site:
                    runs[name] = _run(browser, site, query)
                browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    floor = statistics.median(runs["webrtc"][0])
    webrtc = _figures(*runs["webrtc"])
    rows = []
    for key, name, note in (
        (
            "data",
            "live_one_way_delay",
            "both through a MediaStream, as a microphone is (about 19 ms)",
        ),
        ("opus", "live_one_way_delay_opus", "Opus forced; both through a MediaStream"),
        ("graph", "live_one_way_delay_engine", "the engine alone: clicks made inside its graph"),
    ):
        value = statistics.median(runs[key][0])
        rows.append(
            {
                "name": name,
                "value": round(value, 1),
                "floor": round(floor, 1),
                "ratio": round(value / floor, 3),
                "unit": "ms",
                "better": "lower",
                "note": f"{note}; {_figures(*runs[key])}; WebRTC: {webrtc}",
            }
        )
    return rows
