"""The room's backing track: all hear the same of it at the same moment, and nobody sends it."""

from __future__ import annotations

import json
import shutil
import statistics
import wave
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sessions_app.frames import Track
from sessions_app.track import gone, track_of

from .browsers import PROBE, PROBE_WORKLET, hears, join, until
from .conftest import ADA
from .standin import Peer, StandIn

pytestmark = pytest.mark.e2e
RATE, SECONDS, HUM = 48_000, 60, 3000.0
STEPS = (0.4, 0.55, 0.75, 0.65)  # s between strokes: no two places of the track sound alike
RIGHTS = {"chat": True, "record": True, "invite": True}


class TrackSite(StandIn):
    """The stand-in with the part of the site that is about tracks, by the site's own rules."""

    track: dict | None = None

    async def hear(self, me: Peer, frame: dict) -> None:
        if frame["t"] != "track":
            await super().hear(me, frame)
            return
        asked = Track(**{key: value for key, value in frame.items() if key != "t"})
        if asked.recording is None:
            self.track = gone(self.track)
        else:
            self.track = track_of(asked, SECONDS * 1000, self.now(), self.track)
        await self.tell_all(self.told)

    async def hello(self, me: Peer, frame: dict) -> None:
        await super().hello(me, frame)
        await self.tell(me, {"t": "seat", "role": "host", "rights": RIGHTS, "offered": False})
        await self.tell(me, self.told)

    @property
    def told(self) -> dict:
        if self.track is None or self.track["recording"] is None:
            return {"t": "track", "track": None}
        more = {"hears": True, "mix": "mix", "by": None}
        return {"t": "track", "track": {**self.track, **more}}


@pytest.fixture
def site(dist: Path) -> Iterator[TrackSite]:
    standin = TrackSite(dist)
    with standin:
        yield standin
        assert standin.bad == []


def written(path: Path, samples: Any) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())


def strokes() -> Any:
    """Strokes that die away, at steps that come again every four."""
    samples = np.zeros(RATE * SECONDS)
    stroke = np.sin(np.arange(2400) * np.pi / 24) * np.exp(-np.arange(2400) / 700)
    at, n = 0.3, 0
    while at < SECONDS - 1:
        samples[int(at * RATE) : int(at * RATE) + 2400] = stroke * 0.9
        at, n = at + STEPS[n % 4], n + 1
    return samples


ABOUT = {"title": "Sunday porch", "duration": SECONDS * 1000, "aac": None, "stems": []}
LISTED = {"id": "take", "title": "Sunday porch", "state": "ready", "players": ["ada"],
          "duration_ms": SECONDS * 1000}  # fmt: skip


def has_track(page: Any, sound: str) -> None:
    """Answer as the site does what a page asks of the recording."""
    about = json.dumps({**ABOUT, "opus": f"/dist/{sound}"})
    listed = json.dumps({"results": [LISTED], "next": None})
    answer = {"content_type": "application/json"}
    page.route("**/recordings/take/track/", lambda route: route.fulfill(body=about, **answer))
    page.route("**/api/v1/recordings/**", lambda route: route.fulfill(body=listed, **answer))


def track(page: Any) -> Any:
    return page.evaluate("document.querySelector('jam-room').track")


def is_newer(page: Any, rev: int) -> bool:
    return bool(track(page)["rev"] > rev)


def sounds(page: Any) -> bool:
    return bool(track(page)["level"] > 0.2)


def is_ready(page: Any) -> None:
    until(page, lambda: track(page)["loading"] == "ready", 60, "the track is loaded")


def put_on(page: Any) -> None:
    offset = partial(page.evaluate, "document.querySelector('jam-room').room.clockOffset")
    until(page, offset, 30, "the clock is known")
    page.get_by_text("Choose a recording").click()
    page.get_by_role("button", name="Put on Sunday porch").click()
    is_ready(page)


def strokes_heard(page: Any) -> list[float]:
    return page.evaluate("probe.heard")


def forget(*pages: Any) -> None:
    for page in pages:
        page.evaluate("probe.heard.length = 0")


def apart(one: Any, other: Any, least: int) -> list[float]:
    """By how many ms two hear the same strokes at different times, each at its nearest."""
    until(one, lambda: len(strokes_heard(one)) > least, 90, f"{least} strokes are heard")
    until(other, lambda: len(strokes_heard(other)) > least, 90, f"{least} strokes are heard")
    theirs = strokes_heard(other)
    nearest = [min((late - mine for late in theirs), key=abs) for mine in strokes_heard(one)]
    return [between for between in nearest if abs(between) < 150]


@pytest.mark.alone
def test_two_hear_the_same_at_the_same_moment_whoever_comes_later(
    site: TrackSite, pages: tuple[Any, Any], dist: Path
) -> None:
    shutil.copy(PROBE_WORKLET, dist)
    written(dist / "strokes.wav", strokes())
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        has_track(page, "strokes.wav")
        page.add_init_script(PROBE.read_text())
        page.goto(site.room(user, "&probe=graph"))
    join(ada, "Join just listening")  # so that strokes are all there is to hear
    put_on(ada)
    ada.get_by_role("button", name="Play for everybody").click()
    until(ada, lambda: len(strokes_heard(ada)) > 3, 60, "Ada hears it")
    join(ben, "Join just listening")  # in the middle of it
    is_ready(ben)
    until(ben, lambda: strokes_heard(ben), 60, "Ben hears it")
    forget(*pages)
    as_it_is = apart(ada, ben, 12)
    assert len(as_it_is) >= 10
    assert abs(statistics.median(as_it_is)) < 3

    before = track(ada)
    ada.get_by_label("Tempo, %").fill("80")
    for page in pages:
        until(page, partial(is_newer, page, before["rev"]), 30, "another tempo")
    until(ben, lambda: track(ben)["position"] > before["position"] + 1000, 60, "it goes on")
    forget(*pages)
    slower = apart(ada, ben, 12)
    assert len(slower) >= 10
    assert abs(statistics.median(slower)) < 3
    times = strokes_heard(ben)
    rounds = [later - one for one, later in zip(times, times[len(STEPS) :], strict=False)]
    assert abs(statistics.median(rounds) - 1000 * sum(STEPS) / 0.8) < 60
    assert [page.problems for page in pages] == [[], []]


def test_it_is_ones_own_to_mute_and_is_never_sent(
    site: TrackSite, pages: tuple[Any, Any], dist: Path
) -> None:
    hum = 0.5 * np.sin(2 * np.pi * HUM * np.arange(RATE * SECONDS) / RATE)
    written(dist / "hum.wav", hum)
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        has_track(page, "hum.wav")
        page.goto(site.room(user))
        join(page)
    until(ben, lambda: hears(ben, "ada", ADA), 60, "Ben hears Ada")
    put_on(ada)
    ada.get_by_label("Loop", exact=True).or_(ada.get_by_text("Loop", exact=True)).first.click()
    ada.get_by_label("Loop to, s").fill("2")
    ada.get_by_role("button", name="Loop for everybody").click()
    ada.get_by_role("button", name="Play for everybody").click()
    for page in pages:
        until(page, partial(sounds, page), 60, "it sounds")
    ben.get_by_role("button", name="Mute the track for me").click()
    until(ben, lambda: track(ben)["level"] < 0.001, 30, "Ben hears none of it")
    assert track(ada)["level"] > 0.2
    # What Ada sends holds her own tone, and nothing of the track that she hears.
    assert hears(ben, "ada", ADA)
    bins = ben.evaluate("[...document.querySelector('jam-room').spectrum('ada')]")
    per_bin = RATE / 2 / len(bins)
    near = round(HUM / per_bin)
    assert max(bins[near - 2 : near + 3]) < -70
    ada.get_by_role("button", name="Take it off for everybody").click()
    until(ada, lambda: track(ada)["level"] < 0.001, 30, "it is gone")
    until(ben, lambda: track(ben)["rev"] is None, 30, "it is gone for Ben")
    assert ben.get_by_text("None. A host can put on a recording").is_visible()


def test_who_may_not_hear_it_is_told_no_more_than_that(
    site: TrackSite, pages: tuple[Any, Any]
) -> None:
    ben = pages[1]
    asked: list[str] = []
    ben.on("request", lambda request: asked.append(request.url))
    ben.goto(site.room("ben"))
    join(ben, "Join just listening")
    clock = "document.querySelector('jam-room').room.clockOffset"
    until(ben, partial(ben.evaluate, clock), 20, "Ben is in")  # else nobody is told
    site.tell_everybody({"t": "track", "track": {"hears": False}})
    ben.get_by_text("A track plays that you can’t hear").wait_for(timeout=20_000)
    assert not ben.get_by_role("button", name="Play for everybody").is_visible()
    assert [url for url in asked if "recordings" in url] == []
