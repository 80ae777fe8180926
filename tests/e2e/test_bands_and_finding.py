"""A band from its founding to leaving it, and finding somebody who is open to jam."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.people import one_of_the_demo
from tests.e2e.site import Site


@pytest.mark.clause("bands")
def test_pelagia_founds_a_band_hands_it_over_and_leaves(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    pelagia = one_of_the_demo(browser, site, "pelagia")
    saoirse = one_of_the_demo(browser, site, "saoirse-reel")
    band = f"{site.url}/bands/low-water/"
    pelagia.goto(f"{site.url}/bands/")
    pelagia.get_by_role("link", name="Found a band").first.click()
    pelagia.get_by_label("Name").fill("Low Water")
    pelagia.get_by_label("Address").fill("low-water")
    pelagia.locator("input[name=audience][value=band]").check()
    pelagia.get_by_role("button", name="Found it").click()
    pelagia.wait_for_url(lambda url: "/bands/new" not in url)
    assert saoirse.goto(band).status == 404

    pelagia.goto(f"{band}members/")
    pelagia.get_by_label("Username").fill("saoirse-reel")
    pelagia.get_by_role("button", name="Ask them").click()
    expect(pelagia.get_by_text("Asked, no answer yet")).to_be_visible()
    saoirse.goto(f"{site.url}/bands/")
    asked = saoirse.locator("article", has_text="Low Water")
    asked.get_by_label("What you play in it").fill("whistle, far off")
    asked.get_by_role("button", name="Join").click()
    saoirse.wait_for_load_state()
    saoirse.goto(band)
    expect(saoirse.locator(".band-face")).to_have_count(2)
    expect(saoirse.get_by_text("whistle, far off")).to_be_visible()
    expect(saoirse.get_by_role("link", name="Edit page")).to_have_count(0)

    for role in ("admin", "owner"):
        pelagia.goto(f"{band}members/")
        row = pelagia.locator(".band-member", has_text="saoirse-reel")
        row.locator("summary").click()
        row.get_by_role("button", name=f"Make {role}").click()
        expect(row.get_by_text(role)).to_be_visible()
    saoirse.goto(band)
    expect(saoirse.get_by_role("link", name="Edit page")).to_be_visible()

    pelagia.get_by_text("Leave the band").click()
    pelagia.get_by_role("button", name="Leave", exact=True).click()
    pelagia.wait_for_url(lambda url: "/members/" not in url)
    assert pelagia.goto(band).status == 404
    saoirse.goto(band)
    expect(saoirse.locator(".band-face")).to_have_count(1)


@pytest.mark.clause("finding")
def test_saoirse_finds_who_is_open_to_jam_now_and_nobody_else(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    pelagia = one_of_the_demo(browser, site, "pelagia")
    saoirse = one_of_the_demo(browser, site, "saoirse-reel")
    found = saoirse.locator(".musician__name")

    def searches() -> None:
        saoirse.goto(f"{site.url}/find/")
        saoirse.get_by_label("Instrument").select_option("synthesizer")
        saoirse.get_by_label("Open to jam now").check()
        saoirse.get_by_role("button", name="Find", exact=True).click()
        saoirse.wait_for_url("**open=on**")

    searches()
    expect(saoirse.get_by_role("heading", name="Nobody found")).to_be_visible()
    pelagia.goto(f"{site.url}/find/")
    form = pelagia.locator("main .open-to-jam")
    form.get_by_role("button", name="2 h").click()
    expect(form.get_by_text("Open to jam until")).to_be_visible()
    searches()
    expect(found).to_have_text(["pelagia"])
    expect(saoirse.locator(".musician .live")).to_contain_text("Open to jam until")
    form.get_by_role("button", name="Stop").click()
    expect(form.get_by_text("Open to jam for")).to_be_visible()
    searches()
    expect(found).to_have_count(0)
