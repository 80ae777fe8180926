"""Codes of an app, recovery codes: set up, asked for, refused when wrong or used."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import SafetyEvent
from tests.cast import Cast, just_signed_in
from tests.coming_in import code_of, confirmed, links_in, sign_in, with_codes
from tests.privacy.copies import Copy
from tests.told import deliver

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def guarded(cast: Cast) -> Any:
    """The owner, with an app and recovery codes."""
    with_codes(cast["owner"], SECRET)
    return RecoveryCodes.activate(cast["owner"])


def half_in() -> Client:
    client = sign_in("owner")
    assert client.get(reverse("settings")).status_code == 302
    return client


def answer(client: Client, code: str) -> bool:
    """Type a code at the second step; return whether it opened the account."""
    client.post(reverse("mfa_authenticate"), {"code": code})
    return bool(client.get(reverse("settings")).status_code == 200)


@pytest.mark.clause("second-step")
def test_setting_up_codes_asks_who_it_is_and_tells(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    owner = cast.client("owner")
    page = owner.get(reverse("mfa_activate_totp"))
    assert page["Location"].startswith(reverse("account_reauthenticate"))
    confirmed(owner)
    page = owner.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert owner.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = owner.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    codes = owner.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    assert all(one not in stored for one in (secret, *codes))
    assert list(SafetyEvent.objects.values_list("kind", flat=True)) == ["factor_added"]
    assert len(links_in("owner@mail.example", "/lock/")) == 1


@pytest.mark.clause("second-step")
def test_the_password_alone_opens_nothing(guarded: Any) -> None:
    client = half_in()
    assert not answer(client, "000000")
    assert answer(client, code_of(SECRET))


@pytest.mark.clause("second-step")
def test_a_code_opens_once(guarded: Any) -> None:
    """The clock is held: at the edge of a half minute the test would say nothing."""
    now = int(time.time()) // 30 * 30 + 5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.security.services.codes.time.time", lambda: now)
        code = code_of(SECRET)
        assert answer(half_in(), code)
        assert not answer(half_in(), code)
        assert not answer(half_in(), code_of(SECRET, -1))
        assert not answer(half_in(), code_of(SECRET, 1))


@pytest.mark.clause("second-step")
def test_a_code_of_the_step_before_opens_once_too(guarded: Any) -> None:
    """RFC 6238, section 5.2: it was typed in time, and came late. What is older is too old."""
    begun = int(time.time()) // 30 * 30
    with pytest.MonkeyPatch.context() as patch:
        at = [begun + 29.0]
        patch.setattr("accounts.security.services.codes.time.time", lambda: at[0])
        code, after, old = code_of(SECRET), code_of(SECRET, 1), code_of(SECRET, -1)
        at[0] = begun + 31.0
        assert not answer(half_in(), old)
        assert answer(half_in(), code)
        # Used is used, in its own half minute and in the one after, whatever a cache forgot.
        cache.clear()
        assert not answer(half_in(), code)
        assert answer(half_in(), after)
        at[0] = begun + 61.0
        assert not answer(half_in(), after)
        assert not answer(half_in(), code)


@pytest.mark.clause("second-step")
def test_the_code_that_switched_codes_on_is_used(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    begun = int(time.time()) // 30 * 30
    with pytest.MonkeyPatch.context() as patch:
        at = [begun + 3.0]
        patch.setattr("accounts.security.services.codes.time.time", lambda: at[0])
        owner = confirmed(cast.client("owner"))
        secret = owner.get(reverse("mfa_activate_totp")).context["form"].secret
        code = code_of(secret, -1)
        assert owner.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
        assert not answer(half_in(), code)
        assert not answer(half_in(), code_of(secret))
        at[0] = begun + 33.0
        assert answer(half_in(), code_of(secret))


@pytest.mark.clause("second-step")
def test_a_recovery_code_works_once_and_its_use_is_told(guarded: Any) -> None:
    code = guarded.generate_codes()[3]
    assert answer(half_in(), code)
    assert not answer(half_in(), code)
    assert answer(half_in(), guarded.generate_codes()[4])
    kinds = list(SafetyEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds.count("code_used") == 2
    deliver()
    assert any("8 are left" in str(letter.body) for letter in mail.outbox)


@pytest.mark.clause("second-step", "alerts")
def test_what_is_taken_away_or_made_anew_is_told(
    guarded: Any, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    owner = confirmed(cast.client("owner"))
    before = guarded.generate_codes()
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(reverse("mfa_generate_recovery_codes"))
    after = owner.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert set(before).isdisjoint(after)
    owner.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()  # codes go with the last second step
    kinds = list(SafetyEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["codes_made", "factor_removed"]


@pytest.mark.clause("second-step")
def test_another_persons_key_is_a_missing_one(cast: Cast) -> None:
    key = Authenticator.objects.create(
        user=cast["owner"], type="webauthn", data={"name": "mark-key", "credential": {}}
    )
    stranger = confirmed(cast.client("stranger"))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.get(reverse(name, args=[key.pk])).status_code == 404
        assert stranger.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "mark-key"


@pytest.mark.clause("second-step")
def test_a_copy_says_that_there_is_a_passkey_and_nothing_it_is_made_of(cast: Cast) -> None:
    TOTP.activate(cast["owner"], SECRET)
    credential = {"id": "mark-credential", "response": {"attestationObject": "mark-public-half"}}
    Authenticator.objects.create(
        user=cast["owner"], type="webauthn", data={"name": "my phone", "credential": credential}
    )
    rows = Copy(cast["owner"]).rows("mfa.authenticator")
    assert [(row["type"], row["data"]) for row in rows] == [
        ("totp", {}), ("webauthn", {"name": "my phone"}),
    ]  # fmt: skip


# What asks again that it is you ----------------------------------------------------------------

SENSITIVE = {
    "account_email": {"action_add": "", "email": "more@mail.example"},
    "mfa_activate_totp": {"code": "1"},
    "mfa_add_webauthn": {"credential": "{}"},
    "mfa_generate_recovery_codes": {},
    "mfa_deactivate_totp": {},
    "end_other_sign_ins": {},
    "leave": {"password": "stranger"},  # the username stands in where there is no password
}


@pytest.mark.clause("second-step")
@pytest.mark.parametrize("route", SENSITIVE)
def test_sensitive_acts_ask_again_that_it_is_you(cast: Cast, route: str) -> None:
    """An old sign-in isn't enough, whoever holds it: neither with a password nor without one."""
    with_password, without = cast.client("owner"), cast.client("stranger")
    cast["stranger"].set_unusable_password()
    cast["stranger"].save()
    without.force_login(cast["stranger"], backend="accounts.sign_in.backends.Backend")
    for client, role in ((with_password, "owner"), (without, "stranger")):
        if route == "leave" and role == "owner":
            continue  # whose form asks for the password itself
        just_signed_in(client, seconds_ago=3600)
        if route == "mfa_deactivate_totp":
            TOTP.activate(cast[role], SECRET)
        asked = client.post(reverse(route), SENSITIVE[route])
        assert asked.status_code == 302
        where = reverse("account_reauthenticate" if role == "owner" else "confirm_by_mail")
        if route == "mfa_deactivate_totp" and role == "stranger":
            where = reverse("mfa_reauthenticate")
        assert asked["Location"].startswith(where), asked["Location"]
    assert not SafetyEvent.objects.exists()  # nothing happened
