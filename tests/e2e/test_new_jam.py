"""A first jam: opened as offered, found by members, and a guest invited from inside the room."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import faults
from tests.e2e.people import sign_up, visitor
from tests.e2e.site import Site
from tests.live.browsers import join


@pytest.mark.clause("who-sees")
@pytest.mark.parametrize("width", [360, 1440])
def test_gus_opens_a_jam_as_offered_and_invites_from_inside(
    site: Site, browser: Any, width: int
) -> None:
    gus = visitor(browser, viewport={"width": width, "height": 800})
    sign_up(gus, site, f"gus-at-{width}")
    gus.goto(f"{site.url}/jam/new/")
    found_by = gus.locator(".found-by")
    expect(found_by).to_have_text("Who will find it: Members Anyone who is signed in.")
    gus.get_by_text("Anyone, with or without an account. It may be found.").first.click()
    expect(found_by).to_have_text(
        "Who will find it: Public Anyone, with or without an account. It may be found."
    )
    gus.get_by_text("Anyone who is signed in.").first.click()
    gus.get_by_label("Title").fill("Gus alone")
    gus.get_by_role("button", name="Open the room").click()

    # Straight into the sound check; the microphone waits for a yes.
    gus.wait_for_url("**/room/")
    expect(gus.get_by_role("button", name="Join with sound")).to_be_visible()
    session = gus.url.removeprefix(site.url).removesuffix("room/")
    stored = "select audience from sessions_app_jamsession where public_id = %s"
    assert site.value(stored, session.split("/")[2]) == "members"
    join(gus)

    # Inside and alone, there is a way to others; the link works for whoever gets it.
    gus.get_by_text("Invite", exact=True).click()
    gus.get_by_role("button", name="Make a link").click()
    field = gus.locator("#room-invite-1")
    expect(field).to_be_visible()
    assert gus.url == f"{site.url}{session}room/"  # nobody left the room for it
    assert faults(gus) == []
    guest = visitor(browser)
    sign_up(guest, site, f"guest-of-{width}")
    guest.goto(field.input_value())
    guest.get_by_role("button", name="Join").click()
    guest.wait_for_url("**/room/")
    stranger = visitor(browser)
    assert stranger.goto(f"{site.url}{session}").status == 404
