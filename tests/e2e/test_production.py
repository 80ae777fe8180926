"""Production as the documents say it is started, behind the proxy that they hand out.

Real nginx, real TLS, `jamsite.settings.production`, letters through a mail server; a musician signs
up, confirms by the letter, signs in, meets files, sockets and uploads.
"""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page

from jamsite.embedded import services
from tests import mail_sink
from tests.e2e.people import PASSWORD, answer_age, sign_in, until, visitor
from tests.e2e.proxy import Production
from tests.live.browsers import join

ADDRESS = "vera@mail.example"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    folder.chmod(0o755)
    with (
        services.start(folder / "services", durable=False, environment={}) as running,
        mail_sink.listening() as mail,
    ):
        site = Production(folder, running.environment, mail)
        try:
            yield site
        finally:
            site.stop()


@pytest.mark.clause("transport", "providers")
@pytest.mark.promise("VJ-15", "JK-20", "VJ-29")
def test_production_starts_as_documented_and_a_musician_comes_in(
    production: Production, browser: Any
) -> None:
    site = production
    _refuses_without_static_files(site)
    collected = site.manage("collectstatic", "--no-input")
    assert collected.returncode == 0, collected.stderr
    site.start()
    assert "demo" not in site.log.read_text()
    _doors(site)

    page = visitor(browser, ignore_https_errors=True)
    answers: list[tuple[int, str]] = []
    sockets: list[str] = []
    page.on("response", lambda answer: answers.append((answer.status, answer.url)))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    _sign_up(page, site)
    page.context.clear_cookies()
    sign_in(page, site, "vera", PASSWORD)  # type: ignore[arg-type]
    assert {cookie["name"] for cookie in page.context.cookies() if cookie["httpOnly"]} >= {
        "__Host-jamsite_session"
    }

    _static_files(page, answers)
    _upload(page, site)
    _room(page, site, sockets)
    assert [one for one in answers if one[0] >= 500] == []


def _refuses_without_static_files(site: Production) -> None:
    """What made pages a 500 is said at the start, in a sentence; so is what made them loop."""
    done = site.manage(*site.up)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "The static files aren't collected. Run `manage.py collectstatic --no-input`, also after "
        "every update."
    )
    loop = site.manage("check", TRUSTED_PROXIES="0")
    assert "TRUSTED_PROXIES must say how many proxies" in loop.stderr


def _doors(site: Production) -> None:
    """Plain HTTP is sent to https once; a proxy that says nothing gets a sentence, not a loop."""
    plain = httpx.get(f"http://localhost:{site.plain_port}/privacy/")
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://localhost/privacy/")
    with site.client() as client:
        answer = client.get("/privacy/")
        assert (answer.status_code, answer.history) == (200, [])
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
        assert "Jam Makers e. V." in answer.text and "Ghent" in answer.text
        assert client.get("/dev/mail/").status_code == 404
        assert client.get("/protected/../jamsite.conf").status_code == 404
        assert client.post("/account/login/", content=b"x" * (17 << 20)).status_code == 413
    mute = httpx.get(f"http://127.0.0.1:{site.web_port}/privacy/", headers={"Host": "localhost"})
    assert (mute.status_code, mute.text) == (
        503, "The proxy before this site must send X-Forwarded-Proto.\n",
    )  # fmt: skip


def _sign_up(page: Page, site: Production) -> None:
    page.goto(f"{site.url}/account/signup/")
    answer_age(page, 1990)
    page.locator("input[name=email]").fill(ADDRESS)
    page.locator("input[name=username]").fill("vera")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/confirm-email/")
    link = until(page, lambda: site.mailed(ADDRESS, "account/confirm-email"), 60, "the letter")
    assert link.startswith(f"{site.url}/account/confirm-email/")
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()


def _static_files(page: Page, answers: list[tuple[int, str]]) -> None:
    """Styles, scripts and fonts come under their lasting names."""
    static = [(status, url) for status, url in answers if "/static/" in url]
    assert [one for one in static if one[0] not in (200, 304)] == []
    assert {url.rsplit(".", 1)[1] for _, url in static} >= {"css", "js", "woff2"}
    style = next(url for _, url in static if url.endswith(".css"))
    answer = page.request.get(style)
    assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"
    assert "Figtree" in page.evaluate("getComputedStyle(document.body).fontFamily")


def _upload(page: Page, site: Production) -> None:
    """A photo goes up through the proxy, and comes down as a file that nginx sends."""
    picture = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(picture, "PNG")
    page.goto(f"{site.url}/settings/profile/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Save profile").click()
    page.wait_for_url("**/@vera/")
    source = page.locator(".avatar--huge img")
    until(page, lambda: source.evaluate("one => one.naturalWidth > 0"), 20, "the photo is shown")
    where = source.evaluate("one => one.currentSrc")
    assert where.startswith(f"{site.url}/media/")
    whole = page.request.get(where)
    part = page.request.get(where, headers={"Range": "bytes=10-19"})
    assert (whole.status, part.status) == (200, 206)
    assert part.body() == whole.body()[10:20]
    assert "last-modified" in whole.headers  # nginx sends the file; the site only said yes


def _room(page: Page, site: Production, sockets: list[str]) -> None:
    """A room opens over wss, and what is said there comes back from the server."""
    page.goto(f"{site.url}/jam/new/")
    page.locator("input[name=title]").fill("Behind the proxy")
    page.get_by_role("button", name="Open the room").click()
    page.wait_for_url(lambda url: "/jam/new" not in url)
    page.goto(f"{page.url.removesuffix('room/')}room/")
    join(page)
    page.get_by_text("Connected", exact=True).wait_for(timeout=20_000)
    page.get_by_label("Message to the room").fill("Does anybody hear me?")
    page.get_by_label("Message to the room").press("Enter")
    page.get_by_text("Does anybody hear me?").wait_for(timeout=20_000)
    assert [url for url in sockets if not url.startswith(f"wss://localhost:{site.port}/ws/")] == []
    assert sockets
