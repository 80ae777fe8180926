"""What one hears of oneself and of the others is one's own matter; who doesn't hear one is told."""

from __future__ import annotations

from typing import Any

import pytest

from .browsers import hears, join, until
from .conftest import ADA, BEN
from .standin import StandIn

pytestmark = pytest.mark.e2e

# The page's context, where a test can hold it; what sounds at the end, as dB in a band.
HELD = """
const Original = AudioContext;
window.AudioContext = class extends Original {
  constructor(...given) {
    super(...given);
    window.held = this;
  }
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target === this.context.destination && this instanceof GainNode && !window.ears) {
    window.ears = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
    connect.call(this, window.ears);
  }
  return connect.call(this, target, ...rest);
};
window.loud = hertz => {
  const bins = new Float32Array(window.ears.frequencyBinCount);
  window.ears.getFloatFrequencyData(bins);
  const at = Math.round(hertz / window.ears.context.sampleRate * 8192);
  return Math.max(...bins.slice(at - 2, at + 3), -200);
};
"""


@pytest.fixture
def room(site: StandIn, pages: tuple[Any, Any]) -> tuple[Any, Any]:
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.add_init_script(HELD)
        page.goto(site.room(user))
        join(page)
    ada, ben = pages
    until(ada, lambda: hears(ada, "ben", BEN) and hears(ben, "ada", ADA), 20, "both hear")
    return pages


def loud(page: Any, hertz: float) -> float:
    return page.evaluate("hertz => window.loud(hertz)", hertz)


def test_one_hears_oneself_when_one_likes_and_nobody_else_does_more(room: tuple[Any, Any]) -> None:
    ada, ben = room
    assert loud(ada, ADA) < -80
    before = loud(ben, ADA)
    ada.get_by_text("Sound settings").click()
    ada.get_by_label("Hear yourself").fill("100")
    until(ada, lambda: loud(ada, ADA) > -40, 5, "Ada hears herself")
    assert abs(loud(ben, ADA) - before) < 3
    ada.get_by_text("Match the group").click()
    ada.wait_for_timeout(1500)
    assert loud(ada, ADA) > -40
    assert hears(ada, "ben", BEN)
    ada.get_by_label("Hear yourself").fill("0")
    until(ada, lambda: loud(ada, ADA) < -80, 5, "Ada hears herself no more")


def test_a_low_cut_and_a_room_take_nothing_else_away(room: tuple[Any, Any]) -> None:
    ada, ben = room
    ada.get_by_text("Sound settings").click()
    ada.get_by_text("Low cut at 80 Hz").click()
    ada.get_by_label("Room around the others").fill("60")
    ada.wait_for_timeout(1000)
    assert hears(ben, "ada", ADA)
    assert loud(ada, BEN) > -40
    ada.get_by_text("Low cut at 80 Hz").click()
    ada.get_by_label("Room around the others").fill("0")
    ada.wait_for_timeout(500)
    assert hears(ben, "ada", ADA)
    assert loud(ada, BEN) > -40


def test_who_does_not_hear_one_is_marked(room: tuple[Any, Any]) -> None:
    ada, ben = room
    ben.evaluate("window.held.suspend()")
    until(ada, ada.get_by_text("Doesn't hear you").is_visible, 10, "Ada is told")
    ben.get_by_role("button", name="Resume sound").click()
    until(ada, lambda: not ada.get_by_text("Doesn't hear you").is_visible(), 10, "all is well")
