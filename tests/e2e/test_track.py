"""A backing track in a room of the real site: a host puts it on, who may hear it does."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import faults
from tests.e2e.furnish import TAKE
from tests.e2e.people import one_of_the_demo, until
from tests.e2e.site import Site
from tests.e2e.test_pictures import enter, open_room
from tests.live.browsers import join

PATIENCE = 120  # s


def track(page: Any) -> Any:
    return page.evaluate("document.querySelector('jam-room').track")


def sounds(page: Any) -> bool:
    return bool(track(page)["loading"] == "ready" and track(page)["level"] > 0.001)


def is_ready(page: Any) -> bool:
    return bool(track(page)["loading"] == "ready")


def put_on(page: Any, title: str) -> None:
    page.locator(".jam-track__choose > summary").click()
    page.get_by_role("button", name=f"Put on {title}").click()


@pytest.mark.clause("who-sees")
def test_a_recording_sounds_for_who_may_hear_it(
    browser: Any, site: Site, furnished: dict[str, str]
) -> None:
    lumen = one_of_the_demo(browser, site, "lumen")
    hazel = one_of_the_demo(browser, site, "hazel-hammond")
    asked: list[str] = []
    hazel.on("request", lambda request: asked.append(request.url))
    invitation = open_room(lumen, site)
    lumen.goto(f"{lumen.url}room/")
    join(lumen, "Join just listening")
    enter(hazel, invitation)

    put_on(lumen, TAKE)  # public, and hazel plays on it
    expect(hazel.get_by_text(f"Stopped: {TAKE}")).to_be_visible(timeout=PATIENCE * 1000)
    expect(hazel.get_by_role("button", name="Play for everybody")).to_be_hidden()
    lumen.get_by_role("button", name="Play for everybody").click()
    for page in (lumen, hazel):
        until(page, partial(sounds, page), PATIENCE, "it sounds")
    lumen.get_by_label("Tempo, %").fill("70")
    expect(hazel.get_by_text("Tempo 70 %, pitch 0.")).to_be_visible()
    assert faults(lumen) == []
    assert faults(hazel) == []

    # One stem alone.
    stem = lumen.locator(".jam-track__stems").get_by_role("checkbox").nth(1)
    stem.click()
    expect(lumen.get_by_text("Of it sounds only:")).to_be_visible()
    expect(hazel.get_by_text("Of it sounds only:")).to_be_visible()
    for page in (lumen, hazel):
        until(page, partial(is_ready, page), PATIENCE, "it is loaded")

    # Its owner shows it to nobody any more: who heard it, hears it no longer.
    asked.clear()
    owner = lumen.context.new_page()
    owner.goto(f"{site.url}/recordings/{furnished['recording']}/")
    change_audience(owner, "me")
    expect(hazel.get_by_text("A track plays that you can’t hear")).to_be_visible(
        timeout=PATIENCE * 1000
    )
    until(hazel, lambda: track(hazel)["level"] < 0.001, PATIENCE, "it is silent")
    assert [url for url in asked if "/recordings/" in url or "/media/" in url] == []
    change_audience(owner, "public")
    lumen.get_by_role("button", name="Take it off for everybody").click()
    expect(hazel.get_by_text("None. A host can put on a recording")).to_be_visible()


def change_audience(page: Any, audience: str) -> None:
    """As the form of the recording's page does it."""
    done = page.evaluate(
        """async (audience) => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const body = new URLSearchParams({ audience, csrfmiddlewaretoken: token });
            return (await fetch("audience/", { method: "POST", body })).status;
        }""",
        audience,
    )
    assert done == 200
