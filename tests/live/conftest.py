"""Two Chromiums with different tones, the engine's bundle, and a stand-in for the website."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.bundles import bundle

from .browsers import launch, tone
from .standin import StandIn

ROOT = Path(__file__).resolve().parents[2]
ADA, BEN = 440.0, 1000.0


def build(to: Path) -> Path:
    """The engine alone, into a folder of the test's own: `frontend/dist` may be somebody else's."""
    entries = ROOT / "frontend" / "entries"
    names = [*entries.glob("jam*"), entries / "stem-rescue.ts", entries / "site.css"]
    return bundle(
        [name for name in names if name.exists()], to,
        "--minify", "--target=chrome109,firefox115,safari16.4", "--loader:.woff2=file",
    )  # fmt: skip


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Playwright, for this folder alone: while it runs, Django's database is for its pages only."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def two_browsers(
    chromium: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Any]]:
    """A process for each player: the fake microphone's sound is a matter of the process."""
    sounds = tmp_path_factory.mktemp("sounds")
    ada = launch(chromium, tone(sounds / "ada.wav", ADA))
    ben = launch(chromium, tone(sounds / "ben.wav", BEN))
    yield ada, ben
    ada.close()
    ben.close()


@pytest.fixture
def site(dist: Path) -> Iterator[StandIn]:
    with StandIn(dist) as standin:
        yield standin
        assert standin.bad == []


@pytest.fixture
def contexts(two_browsers: tuple[Any, Any]) -> Iterator[tuple[Any, Any]]:
    made = tuple(browser.new_context() for browser in two_browsers)
    yield made
    for context in made:
        context.close()


@pytest.fixture
def pages(contexts: tuple[Any, Any]) -> tuple[Any, Any]:
    ada, ben = contexts[0].new_page(), contexts[1].new_page()
    for page in (ada, ben):
        page.problems = []
        page.on("pageerror", lambda error, page=page: page.problems.append(str(error)))
        page.on(
            "console",
            lambda message, page=page: (
                page.problems.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
    return ada, ben
