"""Ways in as a browser meets them: age, strength of a password, mail, lock, second steps."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jamsite.demo import world
from tests.coming_in import code_of
from tests.e2e.axe import faults
from tests.e2e.people import (
    PASSWORD,
    answer_age,
    confirm,
    confirm_address,
    mailed,
    sign_in,
    signed_in,
    until,
    visitor,
)
from tests.e2e.site import Site

NEW = "another stave, nine ledger lines"


def choose_password(page: Page, link: str, password: str) -> None:
    page.goto(link)
    for field in page.locator("input[autocomplete=new-password]").all():
        field.fill(password)
    page.get_by_role("button", name="Save password").click()
    page.wait_for_url(lambda url: "/password/reset/key/" not in url or "/done/" in url)


def is_refused(page: Page, site: Site, name: str, password: str) -> None:
    page.goto(f"{site.url}/account/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert not signed_in(page, site)


def with_app_codes(page: Page, site: Site) -> tuple[str, list[str]]:
    """Set up codes of an app; return the app's secret and the recovery codes."""
    page.goto(f"{site.url}/account/2fa/totp/activate/")
    confirm(page, world.PASSWORD)
    secret = page.locator("#totp-key").inner_text()
    show_code_of(page, secret, "Switch it on")
    page.wait_for_url("**/recovery-codes/")
    return secret, page.locator(".codes li").all_inner_texts()


def show_code(page: Page, code: str, button: str) -> None:
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name=button, exact=True).click()


def show_code_of(page: Page, secret: str, button: str) -> None:
    """Show what the app shows; a code that runs out on its way is refused, and the next one isn't.

    The code of the setting-up may be shown once more: it opened nothing yet.
    """

    refused = ""

    def is_taken() -> bool:
        nonlocal refused
        code = code_of(secret)
        if code == refused:  # shown again, it would only use up the tries
            return False
        refused = code
        with page.expect_navigation():
            show_code(page, code, button)
        return page.locator("input[name=code]").count() == 0

    until(page, is_taken, 60, "a code of the app is taken")


@pytest.mark.clause("age")
def test_who_is_too_young_is_told_kindly_and_isnt_asked_again(site: Site, browser: Any) -> None:
    page = visitor(browser)
    people = site.value("select count(*) from accounts_user")
    page.goto(f"{site.url}/account/signup/")
    answer_age(page, 2020)
    heading = page.get_by_role("heading", name="We can't make an account for you yet")
    expect(heading).to_be_visible()
    expect(page.get_by_text("It isn't because of anything you did")).to_be_visible()
    for path in ("/account/signup/", "/account/signup/age/", "/account/3rdparty/signup/"):
        page.goto(site.url + path)
        assert page.locator("[name=year], [name=username]").count() == 0
    page.go_back()
    expect(heading).to_be_visible()
    assert site.value("select count(*) from accounts_user") == people
    other = visitor(browser)  # somebody else's browser asks
    other.goto(f"{site.url}/account/signup/")
    expect(other.get_by_label("Year")).to_be_visible()


@pytest.mark.clause("age")
def test_vera_signs_up_with_advice_and_finds_back_in_when_she_forgets(
    site: Site, browser: Any
) -> None:
    page = visitor(browser)
    page.goto(f"{site.url}/account/signup/")
    answer_age(page, 1990)
    page.get_by_label("E-mail address").fill("vera@mail.example")
    page.get_by_label("Username").fill("vera")
    password, advice = page.locator("input[name=password1]"), page.locator(".password-advice")
    expect(advice).to_have_text("")
    password.fill("music")
    expect(advice).to_contain_text("Guessed at once.")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator(".field__errors").first).to_be_visible()
    assert site.value("select count(*) from accounts_user where username = 'vera'") == 0
    password.fill(PASSWORD)
    expect(advice).to_have_text("Very good.")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/confirm-email/")
    assert not signed_in(page, site)
    confirm_address(page, site, "vera@mail.example")
    until(page, lambda: signed_in(page, site), 15, "Vera is signed in")

    page = visitor(browser)
    page.goto(f"{site.url}/account/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill("vera@mail.example")
    page.get_by_role("button", name="Send the link").click()
    page.wait_for_url("**/password/reset/done/")
    choose_password(
        page, mailed(page, site, "vera@mail.example", "account/password/reset/key"), NEW
    )
    is_refused(visitor(browser), site, "vera", PASSWORD)
    sign_in(page, site, "vera", NEW)
    assert signed_in(page, site)


@pytest.mark.clause("lock", "second-step")
def test_brushwork_locks_an_account_by_mail_and_opens_it_again(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    home, half, page = (visitor(browser) for _ in range(3))
    name, address = "brushwork", "brushwork@demo.example"  # nobody else signs in as them
    sign_in(home, site, name, world.PASSWORD)
    secret, recovery = with_app_codes(home, site)
    sign_in(half, site, name, world.PASSWORD)
    half.wait_for_url("**/2fa/authenticate/")
    assert faults(half) == []

    page.goto(f"{site.url}/account/login/")
    page.get_by_role("link", name="Lock my account").click()
    page.locator("input[name=name]").fill(name)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    assert faults(page) == []
    assert signed_in(home, site)  # nothing is locked by asking
    page.goto(mailed(page, site, address, "lock"))
    page.get_by_role("button", name="Lock now").click()
    expect(page.get_by_role("heading", name="Your account is locked")).to_be_visible()
    assert faults(page) == []
    assert not signed_in(home, site)
    show_code(half, recovery[0], "Sign in")
    expect(half.get_by_role("heading", name="This account is locked")).to_be_visible()
    assert faults(half) == []
    is_refused(home, site, name, world.PASSWORD)

    choose_password(page, mailed(page, site, address, "account/password/reset/key"), NEW)
    sign_in(page, site, name, NEW)
    page.wait_for_url("**/2fa/authenticate/")
    assert not signed_in(page, site)  # the second step is what it was
    show_code_of(page, secret, "Sign in")
    until(page, lambda: signed_in(page, site), 15, "they are in again")


@pytest.mark.clause("second-step")
@pytest.mark.promise("VJ-16")
def test_staff_show_a_second_step_before_anybodys_data(
    site: Site, furnished: dict[str, str], browser: Any
) -> None:
    page = visitor(browser)
    sign_in(page, site, world.STAFF, world.PASSWORD)
    page.goto(f"{site.url}/admin/accounts/user/")
    expect(page.get_by_role("heading", name="Staff need a second step")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Set one up").click()
    page.wait_for_url("**/account/2fa/")
    _secret, recovery = with_app_codes(page, site)

    page = visitor(browser)
    sign_in(page, site, world.STAFF, world.PASSWORD)
    page.goto(f"{site.url}/admin/accounts/user/")
    assert "/admin/" not in page.url
    show_code(page, recovery[0], "Sign in")
    until(page, lambda: signed_in(page, site), 15, "the stagehand is in")
    page.goto(f"{site.url}/admin/accounts/user/")
    assert page.url.endswith("/admin/accounts/user/")
    expect(page.get_by_role("link", name="lumen")).to_be_visible()
