"""The room's metronome: everybody hears the same beat, at the same time."""

from __future__ import annotations

import itertools
import shutil
import statistics
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .browsers import PROBE, PROBE_WORKLET, join, until
from .standin import StandIn

pytestmark = [pytest.mark.e2e, pytest.mark.alone]
TEMPO, BEATS = 150, 16


def heard(page: Any) -> list[float]:
    return page.evaluate("probe.heard")


def steps(times: list[float]) -> list[float]:
    return [after - before for before, after in itertools.pairwise(times)]


def test_two_hear_the_same_beat_at_the_same_time(
    site: StandIn, pages: tuple[Any, Any], dist: Path
) -> None:
    shutil.copy(PROBE_WORKLET, dist)
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.add_init_script(PROBE.read_text())
        page.goto(site.room(user, "&probe=graph"))
        join(page, "Join just listening")  # so that clicks are all there is to hear
    until(ada, partial(ada.evaluate, "document.querySelector('jam-room').room.clockOffset"), 10,
          "the clock is known")  # fmt: skip
    ada.get_by_label("Beats a minute").fill(str(TEMPO))
    ada.get_by_role("button", name="Start for everybody").click()
    until(ben, lambda: len(heard(ben)) > BEATS, 30, f"Ben hears {BEATS} beats")
    assert ben.get_by_text(f"{TEMPO} beats a minute, 4 in a bar").is_visible()
    ben.get_by_role("button", name="Stress beat 3").click()
    pressed = "[...document.querySelectorAll('.jam-beats > *')].map((one) => one.ariaPressed)"
    until(ada, lambda: ada.evaluate(pressed) == ["true", "false", "true", "false"], 20,
          "Ada sees which beats Ben stressed")  # fmt: skip
    ada.get_by_role("button", name="Stop for everybody").click()
    ada.wait_for_timeout(600)
    count = len(heard(ben))
    nearest = [min((theirs - mine for theirs in heard(ben)), key=abs) for mine in heard(ada)]
    apart = [between for between in nearest if abs(between) < 200]
    assert len(apart) >= BEATS - 2
    assert abs(statistics.median(apart)) < 2
    assert abs(statistics.median(steps(heard(ben))) - 60_000 / TEMPO) < 1
    ben.wait_for_timeout(1000)
    assert len(heard(ben)) == count  # off is off, for everybody
