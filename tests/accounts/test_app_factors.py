"""What an app does beside the password: a new one by mail, codes, recovery codes, passkeys."""

import re
from typing import Any

import pytest
from django.core import mail

from accounts.models import SafetyEvent
from tests.accounts.app import App
from tests.accounts.authenticator import Passkey
from tests.cast import PASSWORD, person
from tests.coming_in import code_of
from tests.told import deliver

pytestmark = pytest.mark.clause("apps-sign-in")
NEXT = "another long phrase"


@pytest.fixture
def ines(live_server: Any) -> App:
    """Ines's telephone, signed in, and sure that it is her."""
    person("ines")
    app = App(live_server.url)
    assert app.sign_in("ines", PASSWORD).status == 200
    assert app.auth("POST", "/auth/reauthenticate", password=PASSWORD).status == 200
    return app


@pytest.fixture
def another(live_server: Any, ines: App) -> App:
    """Another telephone of hers, which nobody has signed in with."""
    return App(live_server.url)


@pytest.mark.promise("JT-12")
def test_a_new_password_by_mail_ends_what_hung_on_the_old_one(ines: App, another: App) -> None:
    asked = another.auth("POST", "/auth/password/request", email="ines@mail.example")
    assert asked.status == 200
    deliver()
    (key,) = re.findall(r"/account/password/reset/key/([^/\s]+)/", str(mail.outbox[-1].body))
    false = another.auth("POST", "/auth/password/reset", key=f"{key}x", password=NEXT)
    assert (false.status, false.codes) == (400, ["invalid_password_reset"])
    weak = another.auth("POST", "/auth/password/reset", key=key, password="12345678")
    assert weak.status == 400
    done = another.auth("POST", "/auth/password/reset", key=key, password=NEXT)
    assert done.status == 401  # set; now she signs in with it
    assert ines.me_by_session().status == 401
    assert another.sign_in("ines", PASSWORD).status == 400
    assert another.sign_in("ines", NEXT).status == 200
    again = another.auth("POST", "/auth/password/reset", key=key, password=PASSWORD)
    assert again.status in {400, 409}


@pytest.mark.clause("second-step")
def test_codes_of_an_app_are_set_up_and_asked_for(ines: App, another: App) -> None:
    """The app for codes may be this very telephone: the secret comes as text."""
    offered = ines.auth("GET", "/account/authenticators/totp")
    assert offered.status == 404
    secret = offered.json["meta"]["secret"]
    assert ines.auth("POST", "/account/authenticators/totp", code="000000").status == 400
    assert ines.auth("POST", "/account/authenticators/totp", code=code_of(secret)).status == 200
    assert SafetyEvent.objects.filter(kind="factor_added").count() == 1

    half = another.sign_in("ines", PASSWORD)
    assert (half.status, half.pending) == (401, ["mfa_authenticate"])
    assert another.me_by_session().status == 401
    assert another.auth("POST", "/auth/2fa/authenticate", code="000000").status == 400

    codes = ines.auth("GET", "/account/authenticators/recovery-codes")
    spare = codes.json["data"]["unused_codes"]
    assert (codes.status, len(spare)) == (200, 10)
    assert another.auth("POST", "/auth/2fa/authenticate", code=spare[0]).status == 200
    assert another.me_by_session().json["username"] == "ines"
    third = App(another.server)
    third.sign_in("ines", PASSWORD)
    assert third.auth("POST", "/auth/2fa/authenticate", code=spare[0]).status == 400


def add_passkey(app: App) -> Passkey:
    options = app.auth("GET", "/account/authenticators/webauthn?passwordless")
    assert options.status == 200
    passkey = Passkey(app.server)
    made = passkey.make(options.json["data"]["creation_options"])
    added = app.auth("POST", "/account/authenticators/webauthn", name="Telephone", credential=made)
    assert added.status == 200, added.json
    return passkey


@pytest.mark.clause("second-step")
def test_a_passkey_of_the_telephone_opens_the_account_alone(ines: App, another: App) -> None:
    passkey = add_passkey(ines)
    assert SafetyEvent.objects.filter(kind="factor_added").count() == 1
    options = another.auth("GET", "/auth/webauthn/login")
    signed = passkey.sign(options.json["data"]["request_options"])
    opened = another.auth("POST", "/auth/webauthn/login", credential=signed)
    assert (opened.status, opened.json["meta"]["is_authenticated"]) == (200, True)
    assert another.me_by_token().json["username"] == "ines"


@pytest.mark.clause("second-step")
def test_a_passkey_for_another_site_or_by_another_key_opens_nothing(
    ines: App, another: App
) -> None:
    passkey = add_passkey(ines)
    thief = Passkey(another.server)
    thief.id, thief.rp_id, thief.user_handle = passkey.id, passkey.rp_id, passkey.user_handle
    elsewhere = Passkey("https://jamsite.example.org")
    elsewhere.__dict__.update({**passkey.__dict__, "origin": elsewhere.origin})
    for false in (thief, elsewhere):
        options = another.auth("GET", "/auth/webauthn/login")
        signed = false.sign(options.json["data"]["request_options"])
        answer = another.auth("POST", "/auth/webauthn/login", credential=signed)
        assert answer.status == 400, false.origin
        assert another.me_by_session().status == 401
