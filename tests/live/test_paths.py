"""Sound over paths that delay, lose, squeeze and break: it goes on, in the form that fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .browsers import figures, hears, join, until
from .conftest import ADA, BEN
from .impairment import CLEAN, CUT, Conditions, Impairment
from .standin import StandIn

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

LOSSY = Conditions(delay=30, deviation=3, loss=0.01)
NARROW = Conditions(delay=30, deviation=3, capacity=120)
NARROWEST = 40.0  # ms: the longest packets


@pytest.fixture
def network(site: StandIn) -> Iterator[Impairment]:
    with Impairment() as network:
        site.network = network
        yield network


def both_hear(ada: Any, ben: Any) -> bool:
    return hears(ada, "ben", BEN) and hears(ben, "ada", ADA)


def figure(page: Any, name: str) -> Any:
    (peer,) = figures(page)
    return peer[name]


def narrow(page: Any) -> bool:
    form = figure(page, "form")
    return form is not None and form["ms"] == NARROWEST


def wide(page: Any) -> bool:
    form = figure(page, "form")
    return form is not None and form["ms"] < NARROWEST


def left_out(page: Any, ms: int) -> int:
    """Return how many packets find no room on the line in a while."""
    before = figure(page, "heldBack")
    page.wait_for_timeout(ms)
    after: int = figure(page, "heldBack")
    return after - before


def test_lost_packets_are_in_the_next_ones(
    site: StandIn, network: Impairment, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    network.be(LOSSY)
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
    until(ada, lambda: both_hear(ada, ben), 20, "both hear each other")
    ada.wait_for_timeout(3000)  # the delay has found its place
    before = figures(ada)[0]
    until(ada, lambda: figure(ada, "lost") >= before["lost"] + 10, 30, "ten packets are lost")
    after = figures(ada)[0]
    # A machine that is late plays some of it too late: then it isn't counted as mended.
    assert after["mended"] - before["mended"] >= (after["lost"] - before["lost"]) / 2
    assert before["form"]["repeats"] >= 1


def test_a_line_that_becomes_narrow_carries_less_and_goes_on(
    site: StandIn, network: Impairment, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    network.be(Conditions(delay=30, deviation=3))
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
    until(ada, lambda: both_hear(ada, ben), 20, "both hear each other")
    until(ada, lambda: wide(ada), 10, "more is sent while there is room")
    network.be(NARROW)
    until(ada, lambda: narrow(ada) and narrow(ben), 20, "both send what fits")
    until(ada, lambda: figure(ada, "roundTripMs") < 200, 20, "nothing piles up on the line")
    until(ada, lambda: both_hear(ada, ben), 10, "both hear each other again")
    until(ada, lambda: left_out(ada, 3000) <= 1, 40, "it fits: nothing is left out any more")
    network.be(CLEAN)
    until(ada, lambda: wide(ada), 60, "more is tried when there is room")


def test_after_a_cut_sound_comes_back_by_itself(
    site: StandIn, network: Impairment, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    network.be(Conditions(delay=10, deviation=1))
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
    until(ada, lambda: both_hear(ada, ben), 20, "both hear each other")
    network.be(CUT)
    until(ada, lambda: figure(ada, "silentMs") > 5000, 20, "nothing comes for five seconds")
    network.be(Conditions(delay=10, deviation=1))
    until(ada, lambda: both_hear(ada, ben), 15, "both hear each other again")
