"""Stems: captured on the player's machine, uploaded in chunks, saved from a killed tab, aligned."""

from __future__ import annotations

import os
import signal
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sessions_app.audio import fit_clock

from .browsers import join, launch, tone, until
from .conftest import ADA, BEN
from .standin import StandIn, Stem

pytestmark = pytest.mark.e2e
CLICKS = Path(__file__).with_name("clicks.js")


def samples(stem: Stem) -> np.ndarray:
    """s24le, one channel, as floats."""
    raw = np.frombuffer(stem.pcm, np.uint8).reshape(-1, 3).astype(np.int32)
    return ((raw[:, 0] << 8 | raw[:, 1] << 16 | raw[:, 2] << 24) >> 8) / 2**23


def loudest(sound: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate / len(sound))


def start(site: StandIn, pages: tuple[Any, Any]) -> dict[str, Stem]:
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
    until(ada, lambda: len(site.peers) == 2, 5, "both are in")
    ada.get_by_role("button", name="Ask to record").click()
    dialog = ben.get_by_role("dialog", name="Ada asks to record")
    dialog.wait_for(timeout=5000)
    assert site.recording is not None
    assert site.recording["state"] == "asking", "nothing is recorded before all agreed"
    focused = ben.evaluate("document.activeElement.tagName")
    assert focused != "BUTTON", "a stray key must not agree"
    dialog.get_by_role("button", name="Agree").click()
    until(ada, lambda: site.recording["state"] == "recording", 5, "recording")
    ben.get_by_text("Recorded with their agreement: Ada and Ben").wait_for(timeout=5000)
    return {user: site.stems[stem] for user, stem in site.recording_stems.items()}


def elapsed(site: StandIn) -> float:
    return (site.now() - site.recording["starts_at"]) / 1000


def check_whole(stem: Stem, hertz: float) -> dict:
    done = stem.complete
    assert done is not None
    assert done["channels"] == 1
    rate = done["sample_rate"]
    assert len(stem.pcm) == done["frames"] * 3
    assert [len(stem.chunks[n]) for n in range(done["chunks"] - 1)] == (
        [5 * rate * 3] * (done["chunks"] - 1)
    )
    clock = done["clock"]
    assert len(clock) >= 2
    assert clock[0][0] == 0
    assert clock[-1][0] == done["frames"]
    sound = samples(stem)
    assert abs(loudest(sound[rate : 3 * rate], rate) - hertz) < 2
    return done


def test_stems_are_captured_and_uploaded_through_failures(site: StandIn, pages: tuple[Any, Any]):
    ada, ben = pages
    stems = start(site, pages)
    site.fail_puts, site.corrupt_puts = 2, 1
    until(ada, lambda: elapsed(site) > 6.2, 12, "six seconds of music")
    ben.get_by_role("button", name="Mute me", exact=True).click()
    ben.get_by_role("button", name="Unmute me", exact=True).wait_for()
    muted = elapsed(site)
    until(ada, lambda: elapsed(site) > muted + 1.6, 6, "some silence")
    ben.get_by_role("button", name="Stop recording").click()
    ada.get_by_role("link", name="Open the recording").wait_for(timeout=15_000)

    for user, hertz in (("ada", ADA), ("ben", BEN)):
        done = check_whole(stems[user], hertz)
        length = (site.recording["stops_at"] - site.recording["starts_at"]) / 1000
        assert abs(done["frames"] / done["sample_rate"] - length) < 0.25
        assert abs(done["clock"][0][1] - site.recording["starts_at"]) < 5
    rate = stems["ben"].complete["sample_rate"]
    sound = samples(stems["ben"])
    assert np.abs(sound[int((muted + 0.6) * rate) : int((muted + 1.2) * rate)]).max() == 0, (
        "muted means not recorded"
    )
    left = ada.evaluate(
        "(async () => { const d = await (await navigator.storage.getDirectory())"
        ".getDirectoryHandle('stems'); const n = []; for await (const k of d.keys()) n.push(k);"
        " return n.filter(k => k.startsWith('stem')); })()"
    )
    assert left == [], "the local copy goes once the server has it"
    assert ada.problems == []


def test_a_take_ends_by_itself_at_its_limit_and_waits_for_the_site(
    site: StandIn, pages: tuple[Any, Any]
):
    """The limit is told to the browsers; what is left goes up at once when the site is back."""
    ada, ben = pages
    site.lasts_ms = 7_000
    stems = start(site, pages)
    until(ada, lambda: elapsed(site) > 5.5, 12, "most of the music")
    site.away = True
    ada.get_by_text("reached the longest a take can be").wait_for(timeout=10_000)
    ben.get_by_text("reached the longest a take can be").wait_for(timeout=10_000)
    before = site.puts
    until(ada, lambda: site.puts > before + 9, 30, "both have tried again and again")
    site.away = False
    site.cut()  # and the room's sockets are there again in a moment
    until(ada, lambda: all(s.state == "stored" for s in stems.values()), 3, "woken at once")
    for user, hertz in (("ada", ADA), ("ben", BEN)):
        done = check_whole(stems[user], hertz)
        assert abs(done["frames"] / done["sample_rate"] - 7) < 0.05
        assert abs(done["clock"][-1][1] - site.recording["ends_at"]) < 5


def test_what_is_refused_stays_here_and_can_be_saved(
    site: StandIn, pages: tuple[Any, Any], tmp_path: Path
):
    """And who hears three seconds late that the take was stopped sends nothing after its end."""
    ada, ben = pages
    site.refused["ada"] = "The stem is longer than the recording."
    site.heard_late_ms = 3_000
    stems = start(site, pages)
    until(ada, lambda: elapsed(site) > 8, 16, "some music")
    ben.get_by_role("button", name="Stop recording").click()
    ada.get_by_text("The stem is longer than the recording.").wait_for(timeout=15_000)
    with ada.expect_download() as saving:
        ada.get_by_role("button", name="Save my stem as a file").click()
    saving.value.save_as(tmp_path / "ada.wav")
    with wave.open(str(tmp_path / "ada.wav")) as saved:
        assert (saved.getsampwidth(), saved.getnchannels()) == (3, 1)
        rate, frames = saved.getframerate(), saved.getnframes()
        kept = Stem("kept", "", "ada", chunks={0: saved.readframes(frames)})
    assert abs(loudest(samples(kept)[rate : 3 * rate], rate) - ADA) < 2

    until(ben, lambda: stems["ben"].state == "stored", 15, "the other stem is whole")
    done = stems["ben"].complete
    assert done is not None
    length = (site.recording["stops_at"] - site.recording["starts_at"]) / 1000
    assert abs(done["frames"] / done["sample_rate"] - length) < 0.05
    assert abs(done["clock"][-1][1] - site.recording["stops_at"]) < 5

    site.refused.clear()  # a later page tries again
    ada.goto(f"{site.url}/elsewhere/")
    until(ada, lambda: stems["ada"].state == "stored", 15, "sent after all")
    assert stems["ada"].complete["frames"] == frames


def kill_tab(browser: Any) -> None:
    """kill -9 of the process behind the room, the one that worked most: no handler of it runs."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process for process in processes if process["type"] == "renderer"]
    os.kill(max(renderers, key=lambda process: process["cpuTime"])["id"], signal.SIGKILL)


@pytest.fixture
def doomed(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """A browser of its own, as killing its processes leaves it in no state to share."""
    browser = launch(chromium, tone(tmp_path / "ben.wav", BEN))
    yield browser
    browser.close()


def test_a_killed_tabs_stem_is_saved_by_the_next_page(
    site: StandIn, pages: tuple[Any, Any], doomed: Any
):
    ada, context = pages[0], doomed.new_context()
    ben = context.new_page()
    stems = start(site, (ada, ben))
    until(ada, lambda: elapsed(site) > 7, 14, "some music")
    kill_tab(doomed)
    stem = stems["ben"]
    assert stem.complete is None
    page = context.new_page()
    page.goto(f"{site.url}/elsewhere/")
    page.evaluate("addEventListener('jamsite:stem-progress', e => window.last = e.detail)")
    until(page, lambda: stem.state == "stored", 15, "rescued")
    done = check_whole(stem, BEN)
    assert done["frames"] / done["sample_rate"] > 5.5
    until(page, lambda: page.evaluate("window.last?.state") == "stored", 5, "and told")
    ada.get_by_role("button", name="Stop recording").click()
    until(ada, lambda: stems["ada"].state == "stored", 15, "the other stem is whole")


def onsets(sound: np.ndarray, rate: int) -> np.ndarray:
    loud = np.flatnonzero(np.abs(sound) > 0.25)
    first = np.r_[True, np.diff(loud) > 0.2 * rate]
    return loud[first]


def in_session_time(stem: Stem) -> np.ndarray:
    """Where a stem's clicks lie by its clock, as the server fits it."""
    done = stem.complete
    fit = fit_clock(done["clock"], sample_rate=done["sample_rate"])
    return np.array([fit.session_ms(at) for at in onsets(samples(stem), done["sample_rate"])])


def check_aligned(site: StandIn, stems: dict[str, Stem], least: int) -> list[np.ndarray]:
    a, b = in_session_time(stems["ada"]), in_session_time(stems["ben"])
    pairs = [(x, b[np.abs(b - x).argmin()]) for x in a]
    apart = np.array([x - y for x, y in pairs if abs(x - y) < 200])
    assert len(apart) >= least
    # The clicks lie at whole half seconds of the clock that the session clock counts from.
    true = np.array([(t + site.opened * 1000 + 250) % 500 - 250 for t in (*a, *b)])
    assert abs(np.median(apart)) < 5, f"apart: {apart.round(2)} ms"
    assert abs(np.median(true)) < 12, f"off the clock: {true.round(2)} ms"
    return [a, b]


def click_instead_of_microphone(pages: tuple[Any, Any]) -> None:
    for page in pages:
        page.add_init_script(CLICKS.read_text())


def test_stems_are_aligned_by_their_clocks(site: StandIn, pages: tuple[Any, Any]):
    ada = pages[0]
    click_instead_of_microphone(pages)
    stems = start(site, pages)
    until(ada, lambda: elapsed(site) > 8, 15, "eight seconds of clicks")
    ada.get_by_role("button", name="Stop recording").click()
    until(ada, lambda: all(s.state == "stored" for s in stems.values()), 15, "stored")
    check_aligned(site, stems, least=10)


def test_a_reload_goes_on_in_the_same_stem_in_time(site: StandIn, pages: tuple[Any, Any]):
    ada, ben = pages
    click_instead_of_microphone(pages)
    stems = start(site, pages)
    until(ada, lambda: elapsed(site) > 4, 10, "some clicks")
    ben.reload()
    back = until(ben, lambda: len(site.peers) == 2 and elapsed(site), 10, "Ben is back")
    until(ada, lambda: elapsed(site) > back + 6, 10, "more clicks")
    ada.get_by_role("button", name="Stop recording").click()
    until(ada, lambda: all(s.state == "stored" for s in stems.values()), 15, "stored")
    _, ben_clicks = check_aligned(site, stems, least=5)
    after = ben_clicks[ben_clicks > site.recording["starts_at"] + (back + 1) * 1000]
    assert len(after) >= 5, "the clicks after the reload are in the stem too"
    off = [(t + site.opened * 1000 + 250) % 500 - 250 for t in after]
    assert abs(np.median(off)) < 12, f"off the clock after the reload by {np.median(off):.2f} ms"
