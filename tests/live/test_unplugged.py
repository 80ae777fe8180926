"""A device that goes away in mid-jam: said loudly, and replaced without a reload."""

from __future__ import annotations

from typing import Any

import pytest

from .browsers import hears, join, until
from .conftest import ADA, BEN
from .standin import StandIn

pytestmark = pytest.mark.e2e

KEEPS_TRACKS = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.tracks = [];
navigator.mediaDevices.getUserMedia = async constraints => {
  const stream = await ask(constraints);
  window.tracks.push(...stream.getAudioTracks());
  return stream;
};
"""
UNPLUG = (
    "const track = window.tracks.at(-1); track.stop(); track.dispatchEvent(new Event('ended'));"
)


def test_an_input_that_is_unplugged_is_replaced_in_the_room(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.add_init_script(KEEPS_TRACKS)
        page.goto(site.room(user))
        join(page)
    until(ben, lambda: hears(ben, "ada", ADA) and hears(ada, "ben", BEN), 20, "both hear")
    ada.evaluate(UNPLUG)
    until(ada, ada.get_by_text("Your input was unplugged").is_visible, 5, "Ada is told")
    until(ben, lambda: not hears(ben, "ada", ADA), 5, "nothing comes of her")
    assert hears(ada, "ben", BEN)  # she hears the others all the while
    ada.get_by_text("Sound settings", exact=True).click()
    ada.get_by_label("Input", exact=True).select_option(label="Fake Audio Input 1")
    until(ben, lambda: hears(ben, "ada", ADA), 10, "Ada is back")
