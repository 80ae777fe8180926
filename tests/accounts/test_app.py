"""An app signs up, in and out over HTTP, with the same rules as the pages."""

import base64
import json
import re
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from tests.accounts.app import AUTH, App
from tests.cast import PASSWORD, person, recorded
from tests.entering import born
from tests.told import deliver

pytestmark = pytest.mark.clause("apps-sign-in")
NEW = {"email": "ada@mail.example", "username": "Ada", "password": PASSWORD, "terms": 1}


@pytest.fixture
def app(live_server: Any) -> App:
    return App(live_server.url)


def key_of_the_letter() -> str:
    deliver()
    found = re.search(r"/account/confirm-email/([^/\s]+)/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.promise("JK-04")
def test_ada_signs_up_on_her_telephone_and_comes_in_on_the_website(app: App) -> None:
    begun = app.auth("POST", "/auth/signup", **NEW, birth_date=f"{born(30)}")
    assert (begun.status, begun.pending) == (401, ["verify_email"])
    assert app.me_by_session().status == 401  # not before the address is confirmed

    verified = app.auth("POST", "/auth/email/verify", key=key_of_the_letter())
    assert (verified.status, verified.json["meta"]["is_authenticated"]) == (200, True)
    ada = User.objects.get()
    assert verified.json["data"]["user"] == {
        "id": ada.public_id, "username": "Ada", "display": "Ada", "email": "ada@mail.example",
        "has_usable_password": True,
    }  # fmt: skip
    assert [one().json["username"] for one in (app.me_by_session, app.me_by_token)] == ["Ada"] * 2

    from django.test import Client

    web = Client()
    web.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert web.get(reverse("api_me")).json()["username"] == "Ada"


@pytest.mark.promise("JK-21")
def test_the_age_rule_holds_for_apps(app: App) -> None:
    answers = [
        app.auth("POST", "/auth/signup", **NEW),
        app.auth("POST", "/auth/signup", **NEW, birth_date="1990-02-31"),
        app.auth("POST", "/auth/signup", **NEW, birth_date=f"{born(12)}"),
        app.auth("POST", "/auth/signup", email="", username="x", birth_date=f"{born(12)}"),
    ]
    assert [(one.status, one.codes) for one in answers] == [
        (400, ["required"]), (400, ["invalid"]), (400, ["too_young"]), (400, ["too_young"]),
    ]  # fmt: skip
    assert (User.objects.count(), app.session_token) == (0, "")
    app.auth("POST", "/auth/signup", **NEW, birth_date=f"{born(15)}")
    teen = User.objects.get()
    assert (teen.age_group, teen.indexed) == ("teen", False)


@pytest.mark.promise("MJ-02")
def test_a_taken_address_gets_the_answer_of_a_free_one(live_server: Any) -> None:
    person("taken")
    told = []
    for number, address in enumerate(("free@mail.example", "taken@mail.example")):
        app = App(live_server.url)
        values = {**NEW, "email": address, "username": f"new{number}"}
        answer = app.auth("POST", "/auth/signup", **values, birth_date=f"{born(30)}")
        text = json.dumps(answer.json).replace(app.session_token, "token")
        names = [name for name, _ in answer.headers.items()]
        told.append((answer.status, text, names, len(app.session_token)))
    assert told[0] == told[1]
    assert User.objects.filter(username="new1").count() == 0


def test_what_was_wrong_with_a_sign_in_is_not_told(app: App) -> None:
    person("taken")
    wrong = app.sign_in("taken", "wrong password"), app.sign_in("nobody", "wrong password")
    assert wrong[0].json == wrong[1].json
    assert {one.status for one in wrong} == {400}


def test_a_refresh_token_that_is_sent_twice_at_once_gets_the_same_answer(app: App) -> None:
    """The first answer was lost on its way, or two parts of the app asked at the same time."""
    person("ines")
    app.sign_in("ines", PASSWORD)
    other = App(app.server)
    other.refresh_token = app.refresh_token
    assert [app.refresh().status, other.refresh().status] == [200, 200]
    assert (other.access_token, other.refresh_token) == (app.access_token, app.refresh_token)
    assert app.me_by_token().json["username"] == "ines"
    assert app.refresh().status == 200
    assert app.me_by_token().status == 200


def test_tokens_are_renewed_and_an_old_one_ends_the_sign_in(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("ines")
    monkeypatch.setattr("accounts.identity.services.tokens.OVERLAP", 0)  # half a minute is over
    assert app.sign_in("ines", PASSWORD).json["meta"]["expires_in"] == 300
    first = app.access_token, app.refresh_token
    assert app.refresh().status == 200
    assert (app.access_token, app.refresh_token) != first
    assert app.me_by_token().json["username"] == "ines"
    # The first refresh token was traded already: whoever shows it now may have stolen it.
    stolen = App(app.server)
    stolen.refresh_token = first[1]
    assert stolen.refresh().status == 400
    assert [app.me_by_token().status, app.me_by_session().status] == [401, 401]
    assert app.refresh().status == 400


def test_signing_out_ends_every_token_at_once(app: App) -> None:
    person("ines")
    app.sign_in("ines", PASSWORD)
    gone = app.auth("DELETE", "/auth/session")
    assert (gone.status, gone.json["meta"]["is_authenticated"]) == (401, False)
    assert [app.me_by_token().status, app.me_by_session().status] == [401, 401]
    assert app.refresh().status == 400


@pytest.mark.parametrize("end", ["password", "session", "leaving", "switched off", "suspended"])
def test_what_ends_a_sign_in_ends_its_tokens(app: App, end: str) -> None:
    from allauth.usersessions.models import UserSession

    from accounts.security.services import sign_ins
    from privacy import erasure

    ines = person("ines")
    app.sign_in("ines", PASSWORD)
    assert app.me_by_token().status == 200
    if end == "password":
        ines.set_password("another long phrase")
        ines.save()
    elif end == "session":
        sign_ins.end_one(ines, UserSession.objects.get(user=ines))
    elif end == "leaving":
        erasure.request(ines)
    elif end == "switched off":
        User.objects.update(is_active=False)
    else:
        User.objects.update(state=User.State.SUSPENDED)
    refused = 403 if end == "suspended" else 401  # somebody suspended still has their settings
    assert [app.me_by_token().status, app.me_by_session().status] == [refused, refused]
    if end != "suspended":
        assert app.refresh().status == 400


def test_a_bad_token_is_told_so(app: App) -> None:
    person("ines")
    app.sign_in("ines", PASSWORD)
    good = app.access_token
    for headers in (
        {"Authorization": "Bearer nonsense"}, {"Authorization": f"Bearer {good[:-2]}xx"},
        {"Authorization": f"Bearer {app.refresh_token}"}, {"X_Session_Token": "nonsense"},
        {"X_Session_Token": good}, {},
    ):  # fmt: skip
        answer = app.me(**headers)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_tokens_hold_no_key_of_ours_and_no_session(app: App) -> None:
    ines = person("ines")
    app.sign_in("ines", PASSWORD)
    for token in (app.access_token, app.refresh_token):
        held = claims(token)
        assert held["sub"] == ines.public_id
        assert set(held) == {"sub", "sid", "jti", "iat", "exp", "token_use"}
        assert app.session_token not in json.dumps(held)


def test_a_token_shows_what_its_person_may_see(live_server: Any, transactional_db: None) -> None:
    """Behind row-level security too: the token's person is told to the database."""
    owner, stranger = person("owner"), person("stranger")
    mine = recorded(owner, [owner], audience="me")
    found = []
    for one in (owner, stranger):
        app = App(live_server.url)
        app.sign_in(one.username, PASSWORD)
        path = f"/api/v1/recordings/{mine.public_id}/"
        for headers in (
            {"X_Session_Token": app.session_token},
            {"Authorization": f"Bearer {app.access_token}"},
        ):
            found.append(app.ask("GET", path, **headers).status)
    assert found == [200, 200, 404, 404]


def test_changing_the_password_asks_for_the_old_one_and_keeps_this_app_in(app: App) -> None:
    person("ines")
    app.sign_in("ines", PASSWORD)
    wrong = app.auth("POST", "/account/password/change", current_password="no",
                     new_password="another long phrase")  # fmt: skip
    assert wrong.status == 400
    right = app.auth("POST", "/account/password/change", current_password=PASSWORD,
                     new_password="another long phrase")  # fmt: skip
    assert right.status == 200
    assert app.me_by_session().status == 200


def test_what_allauth_offers_and_we_dont_is_missing(app: App) -> None:
    for path in ("/auth/sessions", "/account/phone", "/auth/phone/verify"):
        assert app.auth("GET", path).status == 404
    assert app.ask("GET", "/api/auth/browser/v1/config").status == 404
    assert AUTH in "/api/auth/app/v1"


def test_who_is_leaving_comes_back_on_the_website_alone(app: App) -> None:
    person("ines").leave()
    answer = app.sign_in("ines", PASSWORD)
    assert (answer.status, answer.codes, app.access_token) == (403, ["not_active"], "")
    assert app.me_by_session().status == 401
