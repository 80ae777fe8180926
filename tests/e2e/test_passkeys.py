"""Passkeys and codes in a real browser, with Chromium's virtual authenticator."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.coming_in import code_of
from tests.e2e.people import confirm, sign_in, sign_up, signed_in, until, visitor
from tests.e2e.site import Site


@pytest.fixture
def here(site: Site) -> Any:
    """Passkeys belong to a name, and no name is 127.0.0.1: the same site as localhost."""
    was, site.url = site.url, site.url.replace("127.0.0.1", "localhost")
    yield site
    site.url = was


def with_authenticator(page: Page) -> Any:
    """Give a page's browser a built-in authenticator whose owner always shows their finger."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


def is_in(page: Page, site: Site, who: str) -> None:
    page.wait_for_url(lambda url: "/account/" not in url)
    page.wait_for_load_state()
    assert signed_in(page, site), who


def sign_out(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    until(page, lambda: not signed_in(page, site), 10, "signed out")


@pytest.mark.clause("second-step")
def test_a_passkey_is_added_and_opens_the_account_without_a_password(
    here: Site, browser: Any
) -> None:
    page = visitor(browser)
    sign_up(page, here, "pia")
    cdp, key = with_authenticator(page)
    page.goto(f"{here.url}/account/2fa/webauthn/add/")
    confirm(page)
    page.get_by_label("Name").fill("the grand piano")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/recovery-codes/")  # which come with the first one
    expect(page.locator(".codes li")).to_have_count(10)
    assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.goto(f"{here.url}/account/2fa/webauthn/")
    expect(page.get_by_text("the grand piano", exact=True)).to_be_visible()

    # The same device again is told so, and nothing is sent.
    page.goto(f"{here.url}/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("This device has a passkey for your account already")).to_be_visible()
    assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1

    sign_out(page, here)
    page.goto(f"{here.url}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_in(page, here, "Pia is in, without a password")

    # The password alone opens nothing any more; with the passkey as second step it does.
    sign_out(page, here)
    sign_in(page, here, "pia")
    page.wait_for_url("**/2fa/authenticate/")
    assert not signed_in(page, here)
    page.get_by_role("button", name="Use a passkey").click()
    is_in(page, here, "Pia is in, in two steps")

    # Confirming by passkey, where the password would do as well.
    page.goto(f"{here.url}/account/2fa/webauthn/reauthenticate/?next=/settings/sign-ins/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/settings/sign-ins/")
    here_row = page.locator(".sign-in", has_text="this one")
    expect(here_row.locator(".sign-in__name")).to_contain_text("Chrome")
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    if "/" in zone and not zone.startswith("Etc"):
        expect(here_row).to_contain_text(zone.rpartition("/")[2].replace("_", " "))

    # A browser without the key is told so, and sends nothing.
    cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    sign_out(page, here)
    with_authenticator(page)
    page.goto(f"{here.url}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible(timeout=20000)
    assert not signed_in(page, here)


@pytest.mark.clause("second-step")
def test_codes_of_an_app_from_the_picture_to_the_second_step(here: Site, browser: Any) -> None:
    page = visitor(browser)
    refused: list[str] = []
    page.on(
        "console",
        lambda line: refused.append(line.text) if "Content Security" in line.text else None,
    )
    sign_up(page, here, "tim")
    page.goto(f"{here.url}/account/2fa/totp/activate/")
    confirm(page)
    expect(page.locator("img.qr")).to_be_visible()
    width = "document.querySelector('img.qr').naturalWidth"
    until(page, lambda: page.evaluate(width) > 20, 10, "the picture is drawn")
    secret = page.locator("#totp-key").inner_text()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator("#id_code_error")).to_contain_text("That code isn't right")
    assert page.locator("#totp-key").inner_text() == secret  # nothing has to be scanned again
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Switch it on").click()
    page.wait_for_url("**/recovery-codes/")
    first = page.locator(".codes li").first.inner_text()

    sign_out(page, here)
    sign_in(page, here, "tim")
    page.locator("input[name=code]").fill(first)
    page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(page, here, "Tim is in with a recovery code")
    stored = here.value(
        "select data::text from mfa_authenticator where type = 'totp' and user_id ="
        " (select id from accounts_user where username = 'tim')"
    )
    assert secret not in stored and re.search("gAAAA", stored)
    assert refused == []
