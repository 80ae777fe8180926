"""Sign-up: e-mail, username, password; usable once the address is confirmed."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from tests.cast import PASSWORD, Cast, person
from tests.entering import answer_age, sign_up
from tests.told import deliver


def plain(page: Any, address: str) -> str:
    """Return a page without what differs for any two requests and without the address."""
    text = re.sub(r'csrf[^>]*|nonce="[^"]*"', "", page.content.decode())
    return re.sub(re.escape(address), "?", text, flags=re.IGNORECASE)


def link() -> str:
    deliver()
    found = re.search(r"https?://[^/\s]+(/account/confirm-email/\S+/)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


@pytest.mark.clause("sign-up", "addresses")
@pytest.mark.promise("VJ-01", "JT-14", "JT-11")
def test_from_the_form_to_the_first_page(db: None) -> None:
    client = Client()
    assert sign_up(client)["Location"] == reverse("account_email_verification_sent")
    deliver()
    assert [letter.to for letter in mail.outbox] == [["ada@mail.example"]]
    assert client.get(reverse("settings")).status_code == 302  # not before the confirmation
    login = client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert login["Location"] == reverse("account_email_verification_sent")

    path = link()
    page = client.get(path)
    assert page.status_code == 200
    assert not EmailAddress.objects.get().verified  # a mail scanner's GET is no yes
    assert client.post(path).status_code == 302
    assert EmailAddress.objects.get().verified
    if client.get(reverse("settings")).status_code == 302:
        client.post(reverse("account_login"), {"login": "ADA", "password": PASSWORD})
    assert client.get(reverse("settings")).status_code == 200
    assert Profile.objects.get().user.username == "Ada"


@pytest.mark.clause("sign-up")
@pytest.mark.promise("JT-14")
def test_the_form_asks_for_three_things(client: Client, db: None) -> None:
    answer_age(client)
    form = client.get(reverse("account_signup")).context["form"]
    trap = {"website"}  # hidden from people; robots fill it
    choice = {"news"}  # an empty box, of no use to the account
    said = {"terms"}  # which version the page showed: asked of nobody
    assert form["terms"].is_hidden
    assert set(form.fields) - trap - choice - said == {"email", "username", "password1"}


@pytest.mark.clause("passwords")
@pytest.mark.promise("VJ-01")
def test_a_password_is_stored_as_a_bcrypt_hash(db: None) -> None:
    sign_up(Client())
    stored = User.objects.get().password
    assert re.fullmatch(r"bcrypt_sha256\$\$2b\$\d\d\$[./A-Za-z0-9]{53}", stored)
    assert PASSWORD not in stored


@pytest.mark.clause("passwords")
def test_the_hasher_of_every_place_but_tests_is_djangos_bcrypt_of_a_normal_form() -> None:
    from accounts.identity.hashers import BCrypt
    from jamsite.settings import base

    assert base.PASSWORD_HASHERS[0] == "accounts.identity.hashers.BCrypt"
    assert (BCrypt.rounds, BCrypt.algorithm) == (
        BCryptSHA256PasswordHasher.rounds, BCryptSHA256PasswordHasher.algorithm
    )  # fmt: skip


@pytest.mark.clause("passwords")
@pytest.mark.parametrize("password", ["short", "password1234", "ada@mail.example", "1234567890"])
def test_weak_passwords_are_refused(db: None, password: str) -> None:
    answer = sign_up(Client(), password1=password)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["password1"])
    assert User.objects.count() == 0


@pytest.mark.clause("sign-up")
@pytest.mark.promise("MJ-02")
def test_a_taken_address_gets_the_answer_of_a_free_one(db: None) -> None:
    person("taken")
    answers: list[Any] = []
    for address in ("free@mail.example", "taken@mail.example", "TAKEN@mail.example"):
        client = Client()
        answer = sign_up(client, email=address, username=f"new{len(answers)}")
        page = client.get(answer["Location"])
        text = plain(page, address)
        cookies = {name: (one["max-age"], one["path"]) for name, one in client.cookies.items()}
        answers.append((answer.status_code, answer["Location"], text, cookies))
    assert answers[1] == answers[0]
    assert answers[2] == answers[0]
    deliver()
    # The address's owner is told by mail; the account is as it was.
    assert mail.outbox[1].to == ["taken@mail.example"]
    assert User.objects.filter(email__iexact="taken@mail.example").count() == 1


@pytest.mark.clause("sign-up")
@pytest.mark.promise("MJ-02")
def test_asking_for_a_new_password_tells_nobody_who_has_an_account(db: None) -> None:
    person("taken")
    pages = []
    for address in ("free@mail.example", "taken@mail.example"):
        client = Client()
        answer = client.post(reverse("account_reset_password"), {"email": address})
        text = plain(client.get(answer["Location"]), address)
        pages.append((answer.status_code, answer["Location"], text))
    assert pages[0] == pages[1]


def test_signing_in_tells_not_what_was_wrong(db: None) -> None:
    person("taken")
    errors = []
    for name, password in (("taken", "wrong password"), ("nobody", "wrong password")):
        answer = Client().post(reverse("account_login"), {"login": name, "password": password})
        errors.append((answer.status_code, str(answer.context["form"].errors)))
    assert errors[0] == errors[1]


@pytest.mark.parametrize("name", ["OWNER", "Owner"])
def test_usernames_are_one_whatever_their_case(cast: Cast, name: str) -> None:
    answer = sign_up(Client(), username=name)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["username"])
    assert cast.client("anonymous").get(f"/@{name}/").status_code == 200


@pytest.mark.parametrize(
    "name", ["ab", "a" * 31, "two words", "a--b", "-ab", "ab-", "ünder", "admin", "Privacy", "a/b"]
)
def test_names_that_are_no_usernames(db: None, name: str) -> None:
    answer = sign_up(Client(), username=name)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["username"])
    assert User.objects.count() == 0


def test_a_form_with_a_fault_keeps_what_was_typed(db: None) -> None:
    page = sign_up(Client(), password1="short").content.decode()
    assert 'value="ada@mail.example"' in page
    assert 'value="Ada"' in page
    assert "short" not in re.findall(r'value="([^"]*)"', page)


def test_a_robot_that_fills_the_trap_gets_no_account(db: None) -> None:
    sign_up(Client(), website="https://spam.example")
    assert User.objects.count() == 0


@pytest.mark.clause("sign-up")
@pytest.mark.promise("MJ-02")
def test_account_data_is_shown_to_nobody_else(cast: Cast) -> None:
    """No page that another person opens holds an e-mail address."""
    paths = ["/@owner/", "/", "/jam/", "/recordings/", "/api/v1/sessions/", "/api/v1/recordings/"]
    public = cast.recordings["public"], cast.sessions["public"]
    paths += [one.get_absolute_url() for one in public]
    cast.conversation("owner", "participant")
    for role in ("participant", "stranger", "anonymous"):
        for path in [*paths, "/messages/"]:
            page = cast.client(role).get(path).content.decode()
            assert set(re.findall(r"[\w.]+@mail\.example", page)) == set(), (role, path)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None) -> None:
    person("owner")
    client = Client()
    client.post(reverse("account_login"), {"login": "owner", "password": PASSWORD})
    session = client.cookies["jamsite_session"]
    assert (session["httponly"], session["samesite"], session["path"]) == (True, "Lax", "/")
    assert session["max-age"] == 30 * 24 * 3600
