"""Pictures between players: small, off at first, and never at the cost of sound."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from .browsers import until
from .impairment import CLEAN, Conditions, Impairment
from .standin import StandIn
from .test_hearing import both_hear, enter

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

PATIENCE = 300  # s: a machine that stands still now and then shows its pictures later
NARROW = Conditions(delay=30, deviation=3, capacity=120)


def pictures(page: Any) -> dict[str, Any]:
    (peer,) = page.evaluate("document.querySelector('jam-room').peers")
    found: dict[str, Any] = peer["pictures"]
    return found


def frames(page: Any, where: str) -> int:
    """Return how many frames of a picture have been shown, if it has a size."""
    counted: int = page.evaluate(
        """where => {
            const video = document.querySelector(where + ' video');
            if (!video || video.videoWidth === 0) return 0;
            return video.getVideoPlaybackQuality().totalVideoFrames;
        }""",
        where,
    )
    return counted


def moves(page: Any, where: str) -> bool:
    before = frames(page, where)
    page.wait_for_timeout(700)
    return before > 0 and frames(page, where) > before


def camera_on(page: Any) -> None:
    page.get_by_role("button", name="Camera", exact=True).click()
    page.get_by_role("button", name="Turn my camera on").click()


THEIRS = ".jam-picture--camera"


def test_a_picture_is_seen_and_sound_goes_on_when_the_line_is_narrow(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    with Impairment() as network:
        site.network = network
        network.be(Conditions(delay=30, deviation=3))
        ada, ben = enter(site, pages)
        both_hear(pages)
        camera_on(ada)
        until(ben, partial(frames, ben, THEIRS), PATIENCE, "Ben sees Ada")
        network.be(NARROW)
        ben.get_by_text("Picture of Ada paused: sound needs the line.").wait_for(
            timeout=PATIENCE * 1000
        )
        ada.get_by_text("Picture paused for Ben: sound needs the line").wait_for()
        both_hear(pages, 60)
        network.be(CLEAN)
        until(ben, partial(frames, ben, THEIRS), PATIENCE, "Ben sees Ada again")
    assert ada.problems == ben.problems == []
