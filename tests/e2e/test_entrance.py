"""Coming in by way of an outside network, and what a visitor's browser is asked to do."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.people import answer_age, signed_in, until, visitor
from tests.e2e.site import Site


@pytest.mark.clause("networks")
@pytest.mark.promise("JT-16")
def test_nora_comes_in_through_a_network_and_leaves_her_name_there(
    site: Site, provider: str, browser: Any
) -> None:
    page = visitor(browser)
    page.goto(f"{site.url}/account/login/")
    page.get_by_role("button", name="Elsewhere").click()
    page.wait_for_url(f"{provider}/**")
    page.get_by_text("subject-of-nora").first.click()
    page.wait_for_url("**/account/signup/age/**")  # which everybody is asked first
    answer_age(page, 1990)
    page.wait_for_url("**/account/3rdparty/signup/")
    assert "Nora Real" not in site.dump()
    assert not page.get_by_role("checkbox", name="Name").is_checked()
    page.locator("input[name=username]").fill("nora-stage")
    assert page.locator("input[name=email]").input_value() == "nora@elsewhere.example"
    page.get_by_role("button", name="Make my account").click()
    until(page, lambda: signed_in(page, site), 15, "Nora is signed in")

    # What the network told of her beyond that was not kept.
    stored = site.value("select extra_data::text from socialaccount_socialaccount")
    assert stored == '{"sub": "subject-of-nora"}'
    assert "Nora Real" not in site.dump()

    # The next time she is known by the network's word alone.
    again = visitor(browser)
    again.goto(f"{site.url}/account/login/")
    again.get_by_role("button", name="Elsewhere").click()
    again.wait_for_url(f"{provider}/**")
    again.get_by_text("subject-of-nora").first.click()
    again.wait_for_url(f"{site.url}/**")
    until(again, lambda: signed_in(again, site), 15, "Nora is signed in again")
    assert site.value("select extra_data::text from socialaccount_socialaccount") == stored
    assert "Nora Real" not in site.dump()


@pytest.mark.clause("cookies")
@pytest.mark.promise("JK-32", "JM-01", "JM-05")
def test_no_page_asks_another_host_and_visitors_get_no_cookie_but_the_needed(
    site: Site, browser: Any
) -> None:
    page = visitor(browser)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    for path in ("/", "/jam/", "/recordings/", "/privacy/", "/account/login/", "/account/signup/",
                 "/api/docs/", "/styleguide/"):  # fmt: skip
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
    hosts = {one for one in asked if one}
    assert hosts == {urlsplit(site.url).netloc}
    assert {cookie["name"] for cookie in page.context.cookies()} == {"csrftoken"}
