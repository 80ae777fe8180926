"""A whole site with a real relay: what its room's socket passes, and how two agree to go direct."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import WebSocket

from tests.e2e.axe import faults
from tests.e2e.people import sign_up, until, visitor
from tests.e2e.site import Site
from tests.live.browsers import figures, hears, join
from tests.live.relay import SECRET, Relay
from tests.sessions_app.test_signalling import addresses_in

pytestmark = pytest.mark.alone
ADA_HERTZ, BEN_HERTZ = 440, 660
LOOPBACK = "127.0.0.1"  # where the relay is


@pytest.fixture
def relayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("relayed")
    folder.chmod(0o755)
    with Relay(tmp_path_factory.mktemp("relay")) as relay:
        running = Site(
            folder / "data", TURN_URLS=relay.url, TURN_SECRET=SECRET, TURN_ADDRESSES=LOOPBACK
        )
        try:
            running.wait()
            yield running
        finally:
            running.stop()


class Wire:
    """Every frame that a page's sockets sent and got."""

    def __init__(self, page: Any) -> None:
        self.frames: list[dict[str, Any]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda text: self.frames.append(json.loads(text)))

    def addresses(self) -> set[str]:
        """Return the addresses in all frames but the credentials of the relay itself."""
        plain = [{**frame, "ice": None} for frame in self.frames if frame["t"] != "ice"]
        return {
            found
            for frame in plain
            for found in addresses_in(json.dumps(frame).replace("\\r\\n", " "))
        }

    def kinds(self) -> set[str]:
        return {frame["data"]["k"] for frame in self.frames if frame["t"] == "signal"}


def ends(page: Any) -> tuple[list[str], list[str]]:
    """Return the kinds of candidates in use, here and there."""
    paths = page.evaluate("document.querySelector('jam-room').paths()")
    return sorted(paths["local"]), sorted(paths["remote"])


def is_relayed(page: Any) -> bool:
    return ends(page) == (["relay"], ["relay"])


def is_direct(page: Any) -> bool:
    here, there = ends(page)
    return bool(here) and "relay" not in {*here, *there}


@pytest.mark.clause("network-addresses")
def test_strangers_meet_by_the_relay_and_go_direct_when_both_agreed(
    relayed: Site, browsers: tuple[Any, Any]
) -> None:
    ada, ben = (visitor(each) for each in browsers)
    wires = [Wire(page) for page in (ada, ben)]
    for page, name in ((ada, "ada"), (ben, "ben")):
        sign_up(page, relayed, name)
    _meet(ada, ben, relayed)
    until(ada, lambda: hears(ada, name_of(relayed, "ben"), BEN_HERTZ), 30, "Ada hears Ben")
    until(ben, lambda: hears(ben, name_of(relayed, "ada"), ADA_HERTZ), 30, "Ben hears Ada")
    assert [ends(page) for page in (ada, ben)] == [(["relay"], ["relay"])] * 2
    for wire in wires:
        assert wire.kinds() == {"offer", "answer", "ice"}
        assert wire.addresses() == {LOOPBACK}

    panel = ada.get_by_role("region", name="Your network address")
    panel.get_by_text("nobody here sees your network address").wait_for()
    panel.get_by_text("Be connected directly with ben?").wait_for()
    until(ada, lambda: "later than" in panel.inner_text() or "hardly" in panel.inner_text(), 15,
          "what the relay costs is said before one chooses")  # fmt: skip
    assert faults(ada) == []
    panel.get_by_role("button", name="Go direct", exact=True).click()
    panel.get_by_text("Be connected directly").wait_for(state="hidden")
    assert ends(ada) == (["relay"], ["relay"])  # one of two has agreed
    theirs = ben.get_by_role("region", name="Your network address")
    theirs.get_by_role("button", name="Go direct", exact=True).click()
    for page in (ada, ben):
        until(page, partial(is_direct, page), 30, "direct")
    panel.get_by_text("You are connected directly with ben").wait_for()
    codes = {peer["code"] for page in (ada, ben) for peer in figures(page)}
    assert len(codes) == 1
    assert None not in codes

    ben.locator(".jam-strip", has_text="ada").get_by_text("Connection details").click()
    ben.get_by_role("button", name="Use the relay with ada").click()
    for page in (ada, ben):
        until(page, partial(is_relayed, page), 30, "by the relay")
    until(ada, lambda: hears(ada, name_of(relayed, "ben"), BEN_HERTZ), 30, "Ada hears Ben again")
    assert not ada.get_by_role("alert").is_visible()
    said = "select string_agg(yes::text, ' ' order by id) from sessions_app_directanswer"
    assert relayed.value(said) == "true false"


def name_of(site: Site, name: str) -> str:
    return str(site.value("select public_id from accounts_user where username = %s", name))


def _meet(host: Any, guest: Any, site: Site) -> None:
    """The host opens a public room; both come in."""
    host.goto(f"{site.url}/jam/new/")
    host.locator("input[name=audience][value=public]").check()
    host.get_by_role("button", name="Open the room").click()
    host.wait_for_url(lambda url: "/jam/new" not in url)
    session = host.url.removesuffix("room/")
    guest.goto(session)
    guest.get_by_role("button", name="Take a seat").click()
    guest.wait_for_url("**/room/")
    for page in (host, guest):
        page.goto(f"{session}room/")
        join(page)
