"""A password is the same however a keyboard writes its letters."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.app import App
from tests.cast import person
from tests.coming_in import confirmed
from tests.entering import sign_up
from tests.hashers import QuickBCrypt

pytestmark = [pytest.mark.clause("passwords"), pytest.mark.promise("JK-04")]
COMPOSED = "ma\u00f1ana ma\u00f1ana 77"  # as most keyboards write it
DECOMPOSED = "man\u0303ana man\u0303ana 77"  # a letter and its accent, as some do
WIDE = "\uff4d\uff41\u00f1ana ma\u00f1ana 77"  # wide letters of an East Asian keyboard


def comes_in(name: str, password: str) -> bool:
    answer = Client().post(reverse("account_login"), {"login": name, "password": password})
    return bool(answer.status_code == 302)


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, WIDE])
@pytest.mark.parametrize("written", [COMPOSED, DECOMPOSED, WIDE])
def test_a_password_is_known_again_however_it_is_typed(db: None, written: str, typed: str) -> None:
    ines = person("ines")
    ines.set_password(written)
    ines.save()
    assert comes_in("ines", typed)
    assert not comes_in("ines", typed.replace("7", "8"))


def test_it_holds_in_the_forms_and_in_apps(live_server: Any) -> None:
    client = Client()
    sign_up(client, password1=DECOMPOSED)
    EmailAddress.objects.update(verified=True)
    assert comes_in("Ada", COMPOSED)
    app = App(live_server.url)
    assert app.sign_in("Ada", WIDE).status == 200
    changed = app.auth("POST", "/account/password/change", current_password=COMPOSED,
                       new_password="otro " + DECOMPOSED)  # fmt: skip
    assert changed.status == 200
    assert comes_in("Ada", "otro " + COMPOSED)
    web = Client()
    web.force_login(User.objects.get(), backend="accounts.sign_in.backends.Backend")
    asked = web.post(reverse("account_reauthenticate"), {"password": "otro " + COMPOSED})
    assert asked.status_code == 302
    confirmed(web)


class AsTyped(BCryptSHA256PasswordHasher):
    """What hashed passwords before: the letters as they came."""

    rounds = 4


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_what_was_hashed_before_is_tried_as_it_is_typed(db: None, typed: str) -> None:
    ines = person("ines")
    ines.password = AsTyped().encode(DECOMPOSED, AsTyped().salt())
    ines.save()
    assert comes_in("ines", typed) is (typed == DECOMPOSED)


def test_a_wrong_password_costs_the_same_work_whoever_has_the_name(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that has two forms is tried in both, for names that nobody has too."""
    person("ines")
    done: list[str] = []
    plain = BCryptSHA256PasswordHasher.encode

    def counted(self: Any, password: str, salt: Any) -> str:
        done.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(BCryptSHA256PasswordHasher, "encode", counted)
    work = {}
    for name in ("ines", "nobody"):
        for typed in ("a plain password", DECOMPOSED):
            done.clear()
            assert not comes_in(name, typed)
            work[name, typed] = len(done)
    assert work == {
        ("ines", "a plain password"): 1, ("nobody", "a plain password"): 1,
        ("ines", DECOMPOSED): 2, ("nobody", DECOMPOSED): 2,
    }  # fmt: skip
    assert QuickBCrypt.encode is not plain
