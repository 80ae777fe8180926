"""Two browsers through a real coturn: they hear each other, and no address passes between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.sessions_app.test_signalling import addresses_in

from .browsers import figures, join, until
from .relay import Relay
from .standin import StandIn
from .test_hearing import WAIT, both_hear, enter
from .test_pictures import PATIENCE, THEIRS, camera_on, moves

pytestmark = pytest.mark.e2e

LOOPBACK = "127.0.0.1"  # where this relay is


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with Relay(tmp_path_factory.mktemp("relay")) as running:
        yield running


@pytest.fixture
def relayed(site: StandIn, relay: Relay) -> StandIn:
    site.relay, site.ice = True, relay.ice()
    site.repath("relay")
    return site


def candidates(page: Any) -> dict[str, set[str]]:
    """Return the kinds of candidates, by end, of the pairs that are in use."""
    return {
        end: set(kinds)
        for end, kinds in page.evaluate("document.querySelector('jam-room').paths()").items()
    }


def by_relay(page: Any) -> bool:
    return candidates(page)["local"] == {"relay"}


def by_host(page: Any) -> bool:
    return "host" in candidates(page)["local"]


def relayed_kinds(site: StandIn) -> set[str]:
    """Return the kinds of the candidates that browsers sent."""
    lines = [data["candidate"]["candidate"] for data in site.signals if data["k"] == "ice"]
    return {line.split(" typ ")[1].split()[0] for line in lines}


def said(message: dict[str, Any]) -> str:
    """Return a signalling message as text, with line ends as spaces."""
    return json.dumps(message).replace("\\r\\n", " ")


@pytest.mark.clause("network-addresses")
@pytest.mark.parametrize("engine", ["", "&engine=webrtc"])
def test_no_signal_between_two_holds_an_address_but_the_relays(
    relayed: StandIn, pages: tuple[Any, Any], engine: str
) -> None:
    ada, ben = enter(relayed, pages, engine)
    both_hear(pages)
    for page in pages:
        until(page, partial(by_relay, page), WAIT, "by the relay")
        assert candidates(page)["remote"] == {"relay"}
    assert {peer["policy"] for peer in (*figures(ada), *figures(ben))} == {"relay"}
    # What browsers sent by themselves, and what of it the site passed on.
    sent = [line for data in relayed.signals for line in addresses_in(said(data))]
    assert set(sent) == {LOOPBACK}
    assert relayed_kinds(relayed) == {"relay"}
    assert len(relayed.passed) == len(relayed.signals)
    assert None not in relayed.passed
    passed = [data for data in relayed.passed if data]
    assert {data["k"] for data in passed} == {"offer", "answer", "ice"}
    for data in passed:
        assert addresses_in(said(data)) <= ({LOOPBACK} if data["k"] == "ice" else set()), data
        assert ".local" not in said(data)
    assert ada.problems == ben.problems == []


@pytest.mark.clause("network-addresses")
def test_no_description_of_pictures_holds_an_address(
    relayed: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = enter(relayed, pages, "&pictures=steady")
    both_hear(pages)
    before = len(relayed.signals)
    for page in (ben, ada):  # who came first, and so makes no offer, begins
        camera_on(page)
        for other in {ada, ben} - {page}:
            until(other, partial(moves, other, THEIRS), PATIENCE, "a picture is seen")
    for page in pages:
        assert candidates(page) == {"local": {"relay"}, "remote": {"relay"}}
    assert None not in relayed.passed
    described = [data for data in relayed.passed[before:] if data and "sdp" in data]
    assert {data["k"] for data in described} == {"offer", "answer"}
    for data in described:
        assert data["sdp"].count("m=video") == 2
        lines = data["sdp"].splitlines()
        ways = [line for line in lines if line.startswith("a=candidate:")]
        assert [line for line in ways if " typ relay raddr 0.0.0.0 rport 0" not in line] == []
        assert addresses_in(" ".join(ways)) <= {LOOPBACK}
        assert addresses_in(" ".join(line for line in lines if line not in ways)) == set()
        assert ".local" not in said(data)
    assert ada.problems == ben.problems == []


def test_who_has_credentials_that_ran_out_hears_nobody(
    relayed: StandIn, pages: tuple[Any, Any], relay: Relay
) -> None:
    relayed.ice = relay.ice(lives=-60)
    ada, ben = enter(relayed, pages)
    ada.wait_for_timeout(6000)
    assert [peer["state"] for peer in (*figures(ada), *figures(ben))] != ["open", "open"]
    assert all(peer["roundTripMs"] is None for peer in (*figures(ada), *figures(ben)))
    assert [data["k"] for data in relayed.signals if data["k"] == "ice"] == []
    # Fresh ones come in a frame, and whatever is tried next goes through.
    relayed.tell_everybody({"t": "ice", "servers": relay.ice()})
    both_hear(pages, 30)


def test_by_way_of_a_relay_nobody_reaches_what_lies_beside_it(
    site: StandIn, pages: tuple[Any, Any], tmp_path: Path
) -> None:
    with Relay(tmp_path, guarded=True) as relay:
        site.relay, site.ice = True, relay.ice()
        site.repath("relay")
        ada, ben = enter(site, pages)
        until(ada, lambda: relayed_kinds(site) == {"relay"}, WAIT, "the relay lets them in")
        ada.wait_for_timeout(4000)
        assert [peer["state"] for peer in (*figures(ada), *figures(ben))] != ["open", "open"]
        assert all(peer["roundTripMs"] is None for peer in (*figures(ada), *figures(ben)))


@pytest.mark.clause("network-addresses")
def test_taking_it_back_leads_through_the_relay_again(
    relayed: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = enter(relayed, pages)
    both_hear(pages)
    code = figures(ada)[0]["code"]
    assert code is not None
    relayed.repath("all")
    for page in pages:
        until(page, partial(by_host, page), WAIT, "direct")
    both_hear(pages)
    relayed.signals.clear()
    relayed.repath("relay")
    for page in pages:
        until(page, partial(by_relay, page), WAIT, "by the relay")
        assert candidates(page)["remote"] == {"relay"}
    both_hear(pages)
    assert {peer["code"] for peer in (*figures(ada), *figures(ben))} == {code}
    assert len(figures(ada)) == len(figures(ben)) == 1


def test_both_ends_show_the_same_code_and_another_page_another(
    site: StandIn, pages: tuple[Any, Any], tmp_path: Path
) -> None:
    ada, ben = enter(site, pages)
    both_hear(pages)
    until(ada, lambda: figures(ada)[0]["code"], WAIT, "a code")
    until(ben, lambda: figures(ben)[0]["code"], WAIT, "a code")
    first = figures(ada)[0]["code"]
    assert first == figures(ben)[0]["code"]
    assert len(first) == 6
    assert first.isdigit()
    site.cut()  # the same pages, another connection
    until(ada, lambda: figures(ada) and figures(ada)[0]["code"], WAIT, "a code again")
    both_hear(pages)
    until(ben, lambda: figures(ben)[0]["code"] == first, WAIT, "Ben's is as before")
    assert figures(ada)[0]["code"] == first
    ben.reload()
    ben.locator(".jam-bar").wait_for(timeout=5000)
    both_hear(pages)
    until(ben, lambda: figures(ben)[0]["code"], WAIT, "a code of the new page")
    until(ada, lambda: figures(ada)[0]["code"] == figures(ben)[0]["code"], WAIT, "the same code")
    assert figures(ada)[0]["code"] != first


def test_what_the_relay_costs_is_said_before_one_chooses(
    relayed: StandIn, pages: tuple[Any, Any]
) -> None:
    relayed.direct = {"known": False}
    relayed.path["asks"] = True
    ada, ben = enter(relayed, pages)
    both_hear(pages)
    for page in pages:
        read = "document.querySelector('jam-room').relayMs"
        until(page, partial(page.evaluate, read), WAIT, "the way to the relay")
        assert 0 < page.evaluate(read) < 20  # it is on this machine
    panel = ada.get_by_role("region", name="Your network address")
    panel.get_by_text("nobody here sees your network address").wait_for()
    cost = panel.get_by_text("you hear each other").or_(panel.get_by_text("hear each other hardly"))
    cost.wait_for()
    panel.get_by_text("Be connected directly with Ben?").wait_for()
    panel.get_by_role("button", name="Go direct", exact=True).click()
    panel.get_by_text("People I know", exact=True).click()
    panel.get_by_label("Go direct with people I know").check()
    ada.locator(".jam-strip", has_text="Ben").get_by_text("Connection details").click()
    ada.get_by_text("Connected through the relay: Ben doesn't see").wait_for()
    ada.get_by_role("button", name="Go direct with Ben").click()
    until(ada, lambda: len(relayed.answers) == 3, WAIT, "all were said")
    assert relayed.answers == [
        {"t": "direct.answer", "users": ["ben"], "yes": True},
        {"t": "direct.known", "on": True},
        {"t": "direct.answer", "users": ["ben"], "yes": True},
    ]
    relayed.repath("all")
    panel.get_by_text("You are connected directly with Ben").wait_for()
    ada.get_by_role("button", name="Use the relay with Ben").wait_for()
    assert ada.problems == ben.problems == []


def test_without_a_relay_the_page_says_what_others_see_before_one_joins(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    said = "Players connect directly in this room: the others can see your network address."
    for page, user in ((ada, "ada"), (ben, "ben")):
        page.goto(site.room(user))
        page.locator(".jam-check").get_by_text(said, exact=True).wait_for()
        join(page)
    both_hear(pages)
    ada.get_by_text(said, exact=True).wait_for()
    assert not ada.get_by_role("region", name="Your network address").is_visible()
    ada.locator(".jam-strip", has_text="Ben").get_by_text("Connection details").click()
    ada.get_by_text("Connected directly: Ben sees your network address").wait_for()
    assert ada.get_by_role("button", name="Ben", exact=False).filter(has_text="direct").count() == 0
    assert ada.problems == ben.problems == []
