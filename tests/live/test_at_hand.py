"""What a player needs with an instrument in their hands: keys, the stage view, a tuner."""

from __future__ import annotations

from typing import Any

import pytest

from .browsers import join, until
from .standin import StandIn

pytestmark = pytest.mark.e2e


def test_single_keys_mute_talk_and_show_the_stage(site: StandIn, pages: tuple[Any, Any]) -> None:
    ada, _ben = pages
    ada.goto(site.room("ada"))
    join(ada)
    mute = ada.get_by_role("button", name="Mute me", exact=True)
    ada.keyboard.press("m")
    ada.get_by_role("button", name="Unmute me", exact=True).wait_for(timeout=2000)
    ada.keyboard.press("m")
    mute.wait_for(timeout=2000)
    ada.keyboard.press("t")
    ada.get_by_role("button", name="End talking").wait_for(timeout=2000)
    ada.keyboard.press("t")
    ada.keyboard.press("s")
    assert not ada.get_by_role("button", name="Ask to record").is_visible()
    assert mute.is_visible()
    ada.get_by_role("button", name="Whole room").click()
    assert ada.get_by_role("button", name="Ask to record").is_visible()


def test_what_is_typed_is_no_key_and_keys_can_be_switched_off(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, _ben = pages
    ada.goto(site.room("ada"))
    join(ada)
    mute = ada.get_by_role("button", name="Mute me", exact=True)
    ada.locator(".jam-chat__form textarea").click()
    ada.keyboard.type("my mts")
    assert mute.is_visible()
    assert ada.locator(".jam-chat__form textarea").input_value() == "my mts"
    ada.get_by_text("Sound settings").click()
    ada.get_by_text("Use single keys in the room").click()  # by its words, as a hand does
    ada.get_by_text("Sound settings").click()
    ada.keyboard.press("m")
    ada.wait_for_timeout(300)
    assert mute.is_visible()
    ada.keyboard.press("Control+s")  # the browser's own
    assert ada.get_by_role("button", name="Ask to record").is_visible()


def test_the_tuner_names_the_note_that_is_played(site: StandIn, pages: tuple[Any, Any]) -> None:
    """Ada's microphone plays 440 Hz, Ben's 1000 Hz: a B5 that is 21 cents sharp."""
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
        page.get_by_text("Tuner", exact=True).click()
    ada, ben = pages
    until(ada, ada.get_by_text("A4: in tune").is_visible, 10, "Ada's note")
    until(ben, ben.get_by_text("B5: 21 cents sharp, tune down").is_visible, 10, "Ben's note")
    ada.get_by_label("A above middle C, Hz").fill("430")
    until(ada, ada.get_by_text("A4: 40 cents sharp, tune down").is_visible, 10, "another A")
    ada.keyboard.press("Tab")
    ada.get_by_role("button", name="Mute me", exact=True).click()
    ada.get_by_label("A above middle C, Hz").fill("440")
    until(ada, ada.get_by_text("A4: in tune").is_visible, 10, "she tunes while nobody hears her")
