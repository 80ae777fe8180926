"""Browser tests: one real site, one Chromium a player with a fake microphone of their own."""

import contextlib
import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import oidc_provider_mock
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.people import opened
from tests.e2e.site import Site
from tests.live.browsers import launch, tone
from tests.networks.standin import StandIn, environment
from tests.up.processes import PROJECT

expect.set_options(timeout=20_000)  # ms; the rest of the suite runs beside these


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """A local OpenID Connect provider with one person in it."""
    people = [
        oidc_provider_mock.User(
            sub="subject-of-nora",
            claims={"email": "nora@elsewhere.example", "email_verified": True, "name": "Nora Real"},
        )
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="session")
def networks() -> Iterator[StandIn]:
    """Every sign-in network, on this machine: see tests/networks/standin.py."""
    found = StandIn()
    yield found
    found.close()


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, provider: str, networks: StandIn
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    folder.chmod(0o755)
    connect = [
        {
            "id": "elsewhere", "name": "Elsewhere", "client_id": "jamsite",
            "secret": "kept-by-tests-only", "server_url": provider,
            "verifies_addresses": True,
        }
    ]  # fmt: skip
    switched_on = environment(networks.url)
    connect += json.loads(switched_on["OPENID_PROVIDERS"])
    running = Site(
        folder / "data",
        DJANGO_SETTINGS_MODULE="tests.networks.site_settings",
        NETWORKS_STANDIN=networks.url,
        STAFF_SECOND_STEP="1",
        **{**switched_on, "OPENID_PROVIDERS": json.dumps(connect)},
    )
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def furnished(site: Site) -> dict[str, str]:
    """The demo world, loaded into the site; what in its addresses was made by chance."""
    load = "import json; from tests.e2e import furnish; print(json.dumps(furnish.load()))"
    found: dict[str, str] = json.loads(site.manage("shell", "-c", load).splitlines()[-1])
    return found


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What the two players' fake microphones play: 440 Hz and 660 Hz."""
    folder = tmp_path_factory.mktemp("sounds")
    return tone(folder / "a.wav", 440), tone(folder / "b.wav", 660)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Playwright, for this folder alone: while it runs, Django's database is for its pages only."""
    with sync_playwright() as running:
        yield running


@pytest.fixture
def browsers(chromium: Any, sounds: tuple[Path, Path]) -> Iterator[tuple[Any, Any]]:
    """Two browsers, as two players on two machines would have."""
    first, second = (launch(chromium, sound) for sound in sounds)
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    running = launch(chromium)
    yield running
    running.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    """When a story fails, leave a picture of every page it had open in test-results/."""
    report = yield
    if report.when == "call":
        if report.failed:
            folder = PROJECT / "test-results"
            folder.mkdir(exist_ok=True)
            for number, page in enumerate(opened):
                with contextlib.suppress(Exception):
                    page.screenshot(path=folder / f"{item.name}-{number}.png")
                    report.sections.append((f"page {number}", f"{page.url}\n{page.title()}"))
        opened.clear()
    return report
