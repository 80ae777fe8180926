"""Two browsers in a room hear each other, over each engine, and through what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from .browsers import figures, heard, hears, join, until
from .conftest import ADA, BEN
from .standin import StandIn

pytestmark = pytest.mark.e2e


def enter(site: StandIn, pages: tuple[Any, Any], extra: str = "") -> tuple[Any, Any]:
    for page, user in zip(pages, ("ada", "ben"), strict=True):
        page.goto(site.room(user, extra))
        join(page)
    return pages


def both_hear(pages: tuple[Any, Any], seconds: float = 15) -> None:
    ada, ben = pages
    until(ada, lambda: hears(ada, "ben", BEN), seconds, f"Ada hears Ben, not {heard(ada, 'ben')}")
    until(ben, lambda: hears(ben, "ada", ADA), seconds, f"Ben hears Ada, not {heard(ben, 'ada')}")


WAIT = 20  # seconds that a loaded machine may take; what is waited for is the same


def engines(page: Any) -> set[str]:
    return {peer["engine"] for peer in figures(page)}


def test_each_hears_the_others_tone_and_mute_silences(site: StandIn, pages: tuple[Any, Any]):
    ada, ben = enter(site, pages)
    both_hear(pages)
    until(ada, lambda: engines(ada) <= {"PCM", "Opus"}, WAIT, "the data channel carries it")
    until(ada, lambda: (figures(ada)[0]["latencyMs"] or 999) < 150, WAIT, "a delay is measured")
    expect = ada.locator(".jam-strip", has_text="Ben")
    until(ada, lambda: "ms, " in expect.inner_text(), WAIT, "the strip shows it with a word")

    ben.get_by_role("button", name="Mute me", exact=True).click()
    until(ada, lambda: heard(ada, "ben")[1] < -80, WAIT, "Ben is silent at Ada's")
    until(ada, lambda: figures(ada)[0]["muted"], WAIT, "Ada's strip of Ben knows it")
    until(ben, lambda: hears(ben, "ada", ADA), WAIT, "muting oneself does not mute the others")
    ben.get_by_role("button", name="Unmute me").click()
    until(ada, lambda: hears(ada, "ben", BEN), WAIT, "Ben is back")

    ada.get_by_label("Message to the room").fill("Hello <b>Ben</b>")
    ada.keyboard.press("Enter")
    ben.get_by_text("Hello <b>Ben</b>").wait_for(timeout=3000)

    ben.get_by_role("link", name="Leave").click()
    until(ada, lambda: figures(ada) == [], WAIT, "Ben is gone")
    assert ada.problems == []
    assert ben.problems == []


@pytest.mark.parametrize(("force", "name"), [("opus", "Opus"), ("webrtc", "WebRTC")])
def test_other_engines(site: StandIn, pages: tuple[Any, Any], force: str, name: str):
    ada, ben = enter(site, pages, f"&engine={force}")
    both_hear(pages)
    until(ada, lambda: engines(ada) == {name}, 5, f"{name} is in use")
    ben.get_by_role("button", name="Mute me", exact=True).click()
    until(ada, lambda: heard(ada, "ben")[1] < -70, WAIT, "Ben is silent at Ada's")
    assert ada.problems == []


def test_one_side_without_the_fast_engine_brings_both_to_the_fallback(
    site: StandIn, pages: tuple[Any, Any]
):
    ada, ben = pages
    ada.goto(site.room("ada", "&engine=webrtc"))
    join(ada)
    ben.goto(site.room("ben"))
    join(ben)
    both_hear(pages)
    until(ben, lambda: engines(ben) == {"WebRTC"}, WAIT, "Ben gave in")


def test_the_room_plays_on_while_the_website_restarts_and_after_a_reload(
    site: StandIn, pages: tuple[Any, Any]
):
    ada, ben = enter(site, pages)
    both_hear(pages)
    before = {peer["peer"] for peer in figures(ada)}
    site.cut()
    until(
        ada,
        lambda: (now := {p["peer"] for p in figures(ada)}) and not now & before,
        15,
        "both are back with new ids",
    )
    both_hear(pages)

    ben.reload()
    ben.locator(".jam-bar").wait_for(timeout=5000)
    both_hear(pages)
    assert len(figures(ada)) == 1


def test_listening_needs_no_microphone(site: StandIn, pages: tuple[Any, Any]):
    ada, ben = pages
    ada.goto(site.room("ada"))
    join(ada)
    ben.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    ben.goto(site.room("ben"))
    ben.get_by_role("button", name="Join with sound").click()
    ben.get_by_text("allow the microphone for this site").wait_for(timeout=5000)
    join(ben, "Join just listening")
    until(ben, lambda: hears(ben, "ada", ADA), 15, "Ben hears Ada")
    until(ada, lambda: any(p["muted"] for p in figures(ada)), WAIT, "Ada sees that Ben is quiet")
    assert heard(ada, "ben")[1] < -80
