"""The sound check with sound that goes round: delays are measured, a howl is caught."""

from __future__ import annotations

from typing import Any

import pytest

from .browsers import join, until
from .standin import StandIn

pytestmark = pytest.mark.e2e

# The microphone hears what the machine plays, 40 ms later.
ROUND = """
const connect = AudioNode.prototype.connect;
const lines = new WeakMap();
AudioContext.prototype.createMediaStreamSource = function () {
  const line = new DelayNode(this, { delayTime: 0.04 });
  lines.set(this, line);
  return line;
};
AudioNode.prototype.connect = function (target, ...rest) {
  const line = target === this.context.destination && lines.get(this.context);
  if (line) connect.call(this, line);
  return connect.call(this, target, ...rest);
};
"""
# One frequency, which grows by 20 dB a second from one second after it was opened.
HOWL = """
AudioContext.prototype.createMediaStreamSource = function () {
  const tone = new OscillatorNode(this, { frequency: 900 });
  const gain = new GainNode(this, { gain: 0.001 });
  gain.gain.setValueAtTime(0.001, this.currentTime + 1);
  gain.gain.exponentialRampToValueAtTime(0.7, this.currentTime + 4);
  tone.connect(gain);
  tone.start();
  return gain;
};
"""


def test_the_delay_of_devices_is_measured_and_remembered_on_the_device(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, _ben = pages
    ada.add_init_script(ROUND)
    ada.goto(site.room("ada"))
    ada.get_by_text("Measure the delay of your devices").click()
    ada.get_by_role("button", name="Measure", exact=True).click()
    result = ada.locator(".jam-loopback [role=status]")
    until(ada, lambda: "ms" in result.inner_text(), 20, "a result")
    ms = int(result.inner_text().split(" ")[0])
    assert 40 <= ms <= 46
    assert "you will feel it" in result.inner_text()
    ada.reload()
    ada.get_by_role("button", name="Try my input").click()  # the names of devices are told then
    ada.get_by_text("Measure the delay of your devices").click()
    until(ada, lambda: f"{ms} ms" in result.inner_text(), 10, "the kept result")
    assert "Measured on" in result.inner_text()
    join(ada)  # the input that measured is the one that plays


def test_clicks_that_nobody_hears_are_told(site: StandIn, pages: tuple[Any, Any]) -> None:
    ada, _ben = pages
    ada.add_init_script(
        "AudioContext.prototype.createMediaStreamSource = function () {"
        " return new GainNode(this); };"
    )
    ada.goto(site.room("ada"))
    ada.get_by_text("Measure the delay of your devices").click()
    ada.get_by_role("button", name="Measure", exact=True).click()
    until(ada, ada.get_by_text("didn't come back clearly").is_visible, 20, "what to do")


def test_a_howl_in_the_first_seconds_mutes_and_says_so(
    site: StandIn, pages: tuple[Any, Any]
) -> None:
    ada, ben = pages
    ada.add_init_script(HOWL)
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user))
        join(page)
    until(ada, ada.get_by_text("That sounded like feedback").is_visible, 10, "Ada is told")
    ada.get_by_role("button", name="Unmute me", exact=True).wait_for(timeout=1000)
    until(ben, ben.get_by_text("Muted", exact=True).is_visible, 5, "Ben sees it")
    assert ben.get_by_role("button", name="Mute me", exact=True).is_visible()  # a steady tone
