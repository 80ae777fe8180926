"""What people do on the site, as steps that stories are told with."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from jamsite.demo import world
from tests.cast import OWN_PAGE
from tests.e2e.site import Site

PASSWORD = "a stave has five lines"
kept_sign_ins: dict[tuple[str, str], Any] = {}
opened: list[Page] = []  # pages of the running test, photographed when it fails


def visitor(browser: Any, **options: Any) -> Page:
    """Open a browser context of their own, and fail loudly on errors of the page's scripts."""
    page: Page = browser.new_context(**options).new_page()
    page.on("pageerror", lambda error: print("page error:", error))  # noqa: T201
    opened.append(page)
    return page


def sign_up(page: Page, site: Site, name: str, *, then: str = "/") -> None:
    """Sign up, read the mail at /dev/mail/, follow its link, confirm."""
    page.goto(f"{site.url}/account/signup/?next={then}")
    answer_age(page, 1990)
    page.locator("input[name=email]").fill(f"{name}@mail.example")
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/confirm-email/")
    confirm_address(page, site, f"{name}@mail.example")
    if not signed_in(page, site):
        sign_in(page, site, name)


def confirm_address(page: Page, site: Site, address: str) -> None:
    """Follow the link that was mailed, in a tab of the same browser."""
    mail = page.context.new_page()
    mail.goto(mailed(page, site, address, "account/confirm-email"))
    mail.get_by_role("button", name="Confirm").click()
    mail.wait_for_load_state()
    mail.close()


def mailed(page: Page, site: Site, address: str, part: str) -> str:
    """Return the newest link with `part` that was mailed to an address; wait until it comes."""
    mail = page.context.browser.new_page()
    letters = mail.locator("article", has_text=address)
    wanted = re.compile(rf"http\S+/{part}/\S+")

    def has_come() -> str:
        mail.goto(f"{site.url}/dev/mail/")
        found = [wanted.search(one) for one in letters.all_inner_texts()]
        return next((one[0] for one in found if one), "")

    link: str = until(mail, has_come, 30, f"a letter with {part}, by way of the worker")
    mail.close()
    return link


def answer_age(page: Page, year: int) -> None:
    page.get_by_label("Day").fill("17")
    page.get_by_label("Month").select_option("5")
    page.get_by_label("Year").fill(str(year))
    page.get_by_role("button", name="Next").click()


def signed_in(page: Page, site: Site) -> bool:
    # Asked as our own pages ask: a child's account answers no app.
    return page.request.get(f"{site.url}/api/v1/me/", headers=OWN_PAGE).status == 200


def sign_in(page: Page, site: Site, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{site.url}/account/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login" not in url)


def one_of_the_demo(browser: Any, site: Site, name: str, **options: Any) -> Page:
    """Open a context in which somebody of the demo world is signed in; the first one signs in."""
    known = kept_sign_ins.get((site.url, name))
    page = visitor(browser, **options, **({"storage_state": known} if known else {}))
    if known is None:
        sign_in(page, site, name, world.PASSWORD)
        kept_sign_ins[site.url, name] = page.context.storage_state()
    return page


def confirm(page: Page, password: str = PASSWORD) -> None:
    """Show once more that it is you, by password."""
    page.wait_for_url("**/reauthenticate/**")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Confirm").click()


def until(page: Page, what: Callable[[], Any], seconds: float, message: str) -> Any:
    """Poll until `what()` is truthy; the page's own events go on meanwhile."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {message}")
        page.wait_for_timeout(150)
