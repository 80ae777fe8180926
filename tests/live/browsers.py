"""Chromium with a fake microphone of its own, and the few questions the tests ask a room."""

from __future__ import annotations

import shutil
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
# What tells when a page made or heard a click: for tests and benchmarks.
PROBE = Path(__file__).with_name("probe.js")
PROBE_WORKLET = Path(__file__).with_name("probe.worklet.js")
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--no-sandbox",
]


def tone(path: Path, hertz: float, seconds: float = 10, rate: int = 44_100) -> Path:
    """A sine at −12 dB. Whole hertz over whole seconds: the file loops without a seam."""
    samples = 0.25 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def launch(playwright: Any, sound: Path | None = None, **kwargs: Any) -> Any:
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={sound}"] if sound else FLAGS
    return playwright.chromium.launch(executable_path=CHROMIUM, args=flags, **kwargs)


def until(page: Any, what: Callable[[], Any], seconds: float, message: str) -> Any:
    """Polls until `what()` is truthy; the page's own events go on meanwhile."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {message}")
        page.wait_for_timeout(100)


def join(page: Any, how: str = "Join with sound") -> None:
    page.get_by_role("button", name=how).click()
    page.locator(".jam-bar").wait_for(timeout=10_000)


def figures(page: Any) -> list[dict]:
    return page.evaluate("document.querySelector('jam-room').peers")


def heard(page: Any, user: str) -> tuple[float, float]:
    """Frequency in Hz and level in dB of the loudest part of what `user` sends, as it arrives."""
    return tuple(page.evaluate(
        """user => {
          const room = document.querySelector('jam-room');
          const bins = room.spectrum(user);
          if (!bins) return [0, -999];
          let best = 1;
          for (let i = 2; i < bins.length - 1; i++) if (bins[i] > bins[best]) best = i;
          return [best * room.room.sampleRate / 2 / bins.length, Math.max(-999, bins[best])];
        }""",
        user,
    ))  # fmt: skip


def hears(page: Any, user: str, hertz: float) -> bool:
    frequency, level = heard(page, user)
    return abs(frequency - hertz) < 12 and level > -40
