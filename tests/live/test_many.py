"""Three and five who play together, live and an interval later: everybody hears everybody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from .browsers import figures, hears, join, until
from .conftest import ADA, BEN
from .standin import StandIn

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

USERS = ("ada", "ben", "cleo", "dora", "emil")
PATIENCE = 150  # seconds: five pages with 20 players among them, on two cores


@pytest.fixture
def band(site: StandIn, two_browsers: tuple[Any, Any], request: Any) -> Iterator[dict[str, Any]]:
    """Players in turn at one of two machines, whose tones tell them apart."""
    pages = {}
    contexts = []
    for number, user in enumerate(USERS[: request.param]):
        contexts.append(two_browsers[number % 2].new_context())
        pages[user] = contexts[-1].new_page()
        pages[user].goto(site.room(user))
        join(pages[user])
    yield pages
    for context in contexts:
        context.close()


def tone_of(user: str) -> float:
    return (ADA, BEN)[USERS.index(user) % 2]


def unheard(band: dict[str, Any]) -> list[str]:
    """Return who doesn't hear whom, as "hearer<player"."""
    return [
        f"{hearer}<{player}"
        for hearer, page in band.items()
        for player in band
        if player != hearer and not hears(page, player, tone_of(player))
    ]


def all_hear(band: dict[str, Any], when: str) -> None:
    page = next(iter(band.values()))
    until(page, lambda: not unheard(band), PATIENCE, f"{when}: {unheard(band)}")


def sees(page: Any, others: int) -> bool:
    return len(figures(page)) == others


@pytest.mark.parametrize("band", [3, 5], indirect=True)
def test_everybody_hears_everybody_in_both_modes(band: dict[str, Any]) -> None:
    all_hear(band, "live")
    first, *_, last = band.values()
    assert {len(figures(page)) for page in band.values()} == {len(band) - 1}
    first.get_by_label("Beats in an interval").fill("4")
    first.get_by_role("button", name="Suggest interval mode").last.click()
    for page in band.values():
        page.get_by_text("2.0 s later, in time").first.wait_for(timeout=PATIENCE * 1000)
    all_hear(band, "an interval later")
    last.get_by_role("link", name="Leave", exact=True).click()
    gone, _ = band.popitem()
    for page in band.values():
        until(page, partial(sees, page, len(band) - 1), PATIENCE, f"{gone} left")
    all_hear(band, f"without {gone}")
