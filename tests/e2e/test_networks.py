"""Each sign-in network, driven in a browser: there, back, chosen, used again, taken away."""

import re
from typing import Any

import pytest

from tests.e2e.axe import faults
from tests.e2e.people import answer_age, confirm_address, signed_in, until, visitor
from tests.e2e.site import Site
from tests.networks.standin import StandIn

PASSWORD = "a clef at the beginning"
# network → its name on the button, what she ticks, what of it must stay out
STORIES = {
    "facebook": ("Facebook", ["Name", "Things you like there"], "mark-fb-friend"),
    "google": ("Google", ["Language"], "mark-g-name"),
    "apple": ("Apple", ["Name"], "mark-a-nothing"),
    "x": ("X", ["Words about you"], "mark-x-name"),
    "guild": ("Guild", ["Time zone"], "mark-o-name"),
}
KEPT = {
    "facebook": ["mark-fb-name", "mark-fb-like-1"],
    "google": [],
    "apple": ["mark-a-first mark-a-last"],
    "x": ["mark-x-about"],
    "guild": ["Europe/Berlin"],
}


def goes_and_says_yes(page: Any, site: Site, name: str, answer: str = "Allow") -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{site.url}/account/login/")
    page.get_by_role("button", name=f"Continue with {name}", exact=True).click()
    page.get_by_role("button", name=answer).click()
    page.wait_for_url(f"{site.url}/**")
    page.wait_for_load_state()


@pytest.mark.clause("networks")
@pytest.mark.promise("JK-06", "JK-09", "JK-12", "JK-17", "JM-03", "VJ-10", "JT-16")
@pytest.mark.parametrize("network", STORIES)
def test_there_and_back_with_every_protocol(
    site: Site, networks: StandIn, browser: Any, network: str
) -> None:
    name, ticks, left = STORIES[network]
    page = visitor(browser)
    goes_and_says_yes(page, site, name)
    if "/age/" in page.url:
        answer_age(page, 1990)
    page.get_by_role("heading", name="Choose what is kept").wait_for()
    marks = (f"{left.rpartition('-')[0]}-", f"mark-token-{network}-")
    dump = site.dump()
    assert [one for one in marks if one in dump] == []  # nothing it told is stored yet
    for tick in ticks:
        page.get_by_role("checkbox", name=re.compile(rf"^{tick}")).check()
    page.locator("input[name=username]").fill(f"nora-{network}")
    page.locator("input[name=email]").fill(f"nora-{network}@mail.example")
    page.get_by_role("button", name="Make my account").click()
    if "confirm-email" in page.url:  # an address that a network told needs none
        confirm_address(page, site, f"nora-{network}@mail.example")
    page = visitor(browser)
    goes_and_says_yes(page, site, name)  # known by the network's word alone
    until(page, lambda: signed_in(page, site), 15, "Nora is signed in")
    dump = site.dump()
    assert [one for one in KEPT[network] if one not in dump] == []
    assert left not in dump

    page.goto(f"{site.url}/settings/networks/")
    page.get_by_role("link", name=re.compile(rf"^Take away.*{name}")).click()
    page.get_by_text("Your account here stays as it is").wait_for()
    page.get_by_role("link", name="Set a password").click()
    page.locator("input[name=password1]").fill(PASSWORD)
    if page.locator("input[name=password2]").count():
        page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("input[name=password1]").press("Enter")
    page.wait_for_url(lambda url: "/password/set/" not in url)
    page.goto(f"{site.url}/settings/networks/")
    page.get_by_role("link", name=re.compile(rf"^Take away.*{name}")).click()
    page.get_by_role("button", name=f"Take {name} away").click()
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("button", name=f"Take {name} away").click()
    page.wait_for_url("**/settings/networks/")
    until(page, lambda: network in {one for one, _ in networks.revoked}, 30, "given back there")
    assert signed_in(page, site)
    uid = networks.people[network].get("sub") or networks.people[network]["id"]
    assert site.value("select count(*) from socialaccount_socialaccount where uid = %s", uid) == 0
    assert site.value("select count(*) from accounts_user where username = %s", f"nora-{network}")


@pytest.mark.clause("networks")
def test_who_says_no_there_or_stops_here_leaves_nothing(
    site: Site, networks: StandIn, browser: Any
) -> None:
    for name in ("Facebook", "Apple", "X", "Guild"):
        page = visitor(browser)
        goes_and_says_yes(page, site, name, "Cancel")
        page.get_by_role("heading", name="You stopped the sign-in").wait_for()
    page = visitor(browser)
    goes_and_says_yes(page, site, "Loose")
    if "/age/" in page.url:
        answer_age(page, 1990)
    page.get_by_role("button", name="Stop, and forget all of it").click()
    page.get_by_role("heading", name="You stopped the sign-in").wait_for()
    page.goto(f"{site.url}/account/3rdparty/signup/")
    assert "/account/login/" in page.url


def test_the_page_of_what_arrived_reads_well(site: Site, networks: StandIn, browser: Any) -> None:
    networks.people["facebook"]["id"] = "fb-somebody-new"
    page = visitor(browser)
    goes_and_says_yes(page, site, "Facebook")
    if "/age/" in page.url:
        answer_age(page, 1990)
    page.get_by_role("heading", name="Choose what is kept").wait_for()
    assert faults(page) == []
