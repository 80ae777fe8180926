"""Signing in as people do, and reading the links that are mailed to them."""

import re
import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import SafetyLink
from accounts.security.services import locks
from tests.cast import PASSWORD
from tests.told import deliver

FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def sign_in(
    name: str, password: str = PASSWORD, *, client: Client | None = None, **form: str
) -> Client:
    """Sign in through the form, in a browser of one's own or in this one."""
    client = client or Client(headers={"User-Agent": FIREFOX})
    answer = client.post(reverse("account_login"), {"login": name, "password": password, **form})
    assert answer.status_code == 302, answer.context["form"].errors
    return client


def confirmed(client: Client, method: str = "password") -> Client:
    """Note in a web session that its person has just confirmed that it is them."""
    session = client.session
    record = {"method": method, "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = session["_auth_user_id"]
    session.save()
    return client


def with_codes(user: Any, secret: str) -> None:
    """Give somebody codes of an app, which they switched on some minutes ago."""
    earlier = time.time() - 300
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.security.services.codes.time.time", lambda: earlier)
        TOTP.activate(user, secret)


def mail_links() -> None:
    """Do what a worker does with links that were asked for, and with letters."""
    for key in SafetyLink.due():
        locks.run(key)
    deliver()


def links_in(address: str, part: str) -> list[str]:
    """Return the paths with `part` in the letters to an address, in the order they were sent."""
    mail_links()
    found = []
    for letter in mail.outbox:
        if letter.to == [address]:
            found += re.findall(rf"https?://[^/\s]+(\S*{part}\S+)", str(letter.body))
    return found


def code_of(secret: str, step: int = 0) -> str:
    """Return the code that an app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))
