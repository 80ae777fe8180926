"""Locking an account in one step, and getting back in; undoing a change of its address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountLock, KnownDevice, SafetyEvent, SafetyLink, User
from accounts.security.services import locks
from privacy.models import LeaveLink
from tests.accounts.app import App
from tests.cast import BACKEND, PASSWORD, Cast, person
from tests.coming_in import code_of, confirmed, links_in, mail_links, sign_in, with_codes
from tests.told import deliver

NEW = "another stave with five lines"


def lock_link(address: str) -> str:
    """Return the last lock link that was mailed to an address."""
    return links_in(address, "/lock/")[-1]


def asked(name: str = "owner") -> str:
    """Ask for a link on the page beside the sign-in; return it from the mail."""
    Client().post(reverse("lock_by_mail"), {"name": name})
    return lock_link("owner@mail.example")


def new_password(address: str, password: str = NEW) -> Any:
    """Follow the last link that sets a password, as mailed to an address."""
    client = Client()
    page = client.get(links_in(address, "/password/reset/key/")[-1], follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


@pytest.mark.clause("lock")
@pytest.mark.promise("JT-12")
def test_one_button_signs_everybody_out_and_a_new_password_opens_again(cast: Cast) -> None:
    home, thief = sign_in("owner"), sign_in("owner")
    link = asked()
    assert Client().get(link).status_code == 200  # what a mail program opens changes nothing
    assert home.get(reverse("settings")).status_code == 200
    assert Client().post(link).status_code == 200
    for one in (home, thief):
        assert one.get(reverse("settings")).status_code == 302
    refused = Client().post(reverse("account_login"), {"login": "owner", "password": PASSWORD})
    assert refused.status_code == 200
    assert new_password("owner@mail.example").status_code == 302
    assert sign_in("owner", NEW).get(reverse("settings")).status_code == 200
    # The thief's sign-in was told; so is the first one in a browser that isn't known any more.
    assert list(SafetyEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "sign_in", "locked", "unlocked", "password", "sign_in",
    ]  # fmt: skip


@pytest.mark.clause("lock")
@pytest.mark.promise("JT-12")
def test_a_lock_ends_every_way_in_and_nothing_else(cast: Cast) -> None:
    owner = cast["owner"]
    sign_in("owner")
    Client().post(reverse("account_reset_password"), {"email": owner.email})
    Client().post(reverse("leave_by_mail"), {"name": "owner"})
    deliver()
    before_lock = links_in(owner.email, "/password/reset/key/")[-1]
    hash_before = User.objects.get(pk=owner.pk).password
    page_before = cast.client("stranger").get("/@owner/").content
    locks.lock(owner, owner.email)
    owner.refresh_from_db()
    assert (owner.has_usable_password(), owner.password == hash_before) == (False, False)
    assert not KnownDevice.objects.filter(user=owner).exists()
    assert not LeaveLink.objects.filter(user=owner, used_at__isnull=True).exists()
    assert not locks.unlocked(User.objects.filter(pk=owner.pk)).exists()
    dead = Client().get(before_lock, follow=True)
    assert "password1" not in dead.content.decode()
    # Others see what they saw: locked is not leaving.
    page = cast.client("stranger").get("/@owner/").content
    assert re.sub(rb"csrf[^>]*>|nonce=\S*|[?&](e|s|sig)=\S*", b"", page).count(b"mark-") == re.sub(
        rb"csrf[^>]*>", b"", page_before
    ).count(b"mark-")
    assert owner.is_present


@pytest.mark.clause("lock")
def test_a_sign_in_that_races_the_lock_opens_nothing(cast: Cast) -> None:
    """A web session written after the lock, and one whose account was loaded before it."""
    owner = cast["owner"]
    late = Client()
    stale = User.objects.get(pk=owner.pk)
    locks.lock(owner, owner.email)
    late.force_login(stale, backend=BACKEND)
    assert late.get(reverse("settings")).status_code == 302
    stale.save()  # whoever saves what they loaded before doesn't open it either
    assert late.get(reverse("settings")).status_code == 302
    assert locks.is_locked(owner)


@pytest.mark.clause("lock")
def test_a_second_step_that_was_being_typed_when_the_lock_came_opens_nothing(cast: Cast) -> None:
    """Whoever had the first proof meets the lock at the last one; so would a passkey, a network."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with_codes(cast["owner"], secret)
    half = sign_in("owner")
    locks.lock(cast["owner"], "owner@mail.example")
    answer = half.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (answer.status_code, answer.templates[0].name) == (403, "accounts/locked_out.html")
    assert half.get(reverse("settings")).status_code == 302
    # The second step is what it was, and is asked for after the new password.
    assert new_password("owner@mail.example").status_code == 302
    again = sign_in("owner", NEW)
    assert again.get(reverse("settings")).status_code == 302
    assert Authenticator.objects.filter(user=cast["owner"]).count() == 1


@pytest.mark.clause("lock")
@pytest.mark.promise("JT-12")
def test_a_lock_ends_every_token_of_an_app(live_server: Any) -> None:
    ada, app = person("ada"), App(live_server.url)
    assert app.auth("POST", "/auth/login", username="ada", password=PASSWORD).status == 200
    assert [one().status for one in (app.me_by_session, app.me_by_token)] == [200, 200]
    assert UserSession.objects.filter(user=ada).count() == 1  # it stands in her list
    locks.lock(ada, ada.email)
    assert [one().status for one in (app.me_by_session, app.me_by_token)] == [401, 401]
    app.session_token = ""
    refreshed = app.auth("POST", "/tokens/refresh", refresh_token=app.refresh_token)
    assert refreshed.status == 400
    assert app.auth("POST", "/auth/login", username="ada", password=PASSWORD).status == 400


@pytest.mark.clause("lock")
def test_a_password_that_was_being_changed_when_the_lock_came_is_refused(cast: Cast) -> None:
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import PermissionDenied

    stale = User.objects.get(username="owner")
    locks.lock(cast["owner"], "owner@mail.example")
    with pytest.raises(PermissionDenied):
        get_adapter().set_password(stale, NEW)
    assert not User.objects.get(username="owner").has_usable_password()


@pytest.mark.clause("lock")
def test_a_link_works_once_and_locking_twice_changes_nothing_more(cast: Cast) -> None:
    first, second = asked(), asked()
    assert first != second
    assert Client().post(first).status_code == 200
    assert Client().get(first).status_code == Client().post(first).status_code == 404
    locks.lock(cast["owner"], "owner@mail.example")
    assert AccountLock.objects.count() == 1
    assert SafetyEvent.objects.filter(kind="locked").count() == 1
    # The other link died with the lock: it would lock out who just came back.
    assert Client().post(second).status_code == 404


@pytest.mark.clause("lock")
def test_links_are_kept_as_hashes_and_run_out(cast: Cast) -> None:
    link = asked()
    secret = link.rstrip("/").rpartition("/")[2]
    row = SafetyLink.objects.get()
    assert (len(row.secret_hash), secret in str(row.__dict__)) == (64, False)
    SafetyLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert not locks.is_locked(cast["owner"])


@pytest.mark.clause("lock")
@pytest.mark.promise("MJ-02")
def test_asking_for_a_lock_tells_nobody_who_has_an_account(cast: Cast) -> None:
    answers = [
        Client().post(reverse("lock_by_mail"), {"name": name})
        for name in ("owner", "OWNER@mail.example", "nobody", "nobody@mail.example")
    ]
    assert {one.status_code for one in answers} == {200}
    plain = {re.sub(rb'nonce="[^"]*"', b"", one.content) for one in answers}
    assert len(plain) == 1
    assert SafetyLink.objects.count() == 4  # the same work for each
    mail_links()
    assert [letter.to for letter in mail.outbox] == [["owner@mail.example"]] * 2


def test_how_often_a_lock_may_be_asked_for_is_limited(cast: Cast) -> None:
    codes = [
        Client().post(reverse("lock_by_mail"), {"name": "owner"}).status_code for _ in range(4)
    ]
    assert codes == [200, 200, 200, 429]


@pytest.mark.clause("lock")
def test_while_locked_only_the_mailbox_that_locked_sets_a_password(cast: Cast) -> None:
    """Somebody who had added an address of theirs gets no link to it, only a word of why."""
    owner = cast["owner"]
    EmailAddress.objects.create(user=owner, email="thief@mail.example", verified=True)
    locks.lock(owner, owner.email)
    deliver()
    mail.outbox.clear()
    for address in ("thief@mail.example", "owner@mail.example"):
        Client().post(reverse("account_reset_password"), {"email": address})
    deliver()
    assert [(letter.to, "/reset/key/" in letter.body) for letter in mail.outbox] == [
        (["thief@mail.example"], False), (["owner@mail.example"], True),
    ]  # fmt: skip


# An address that was changed -----------------------------------------------------------------


def changed_by_a_thief(cast: Cast) -> Client:
    """Somebody in a stolen sign-in makes another address the account's own."""
    owner = cast["owner"]
    thief = confirmed(cast.client("owner"))
    for name in ("thief", "second"):
        EmailAddress.objects.create(user=owner, email=f"{name}@mail.example", verified=True)
    answer = thief.post(
        reverse("account_email"), {"email": "thief@mail.example", "action_primary": ""}
    )
    assert answer.status_code == 302
    assert User.objects.get(pk=owner.pk).email == "thief@mail.example"
    deliver()
    return thief


@pytest.mark.clause("alerts")
@pytest.mark.promise("VJ-08")
def test_the_old_address_can_undo_the_change_for_a_week(cast: Cast) -> None:
    thief = changed_by_a_thief(cast)
    by_address = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert set(by_address) == {"owner@mail.example", "thief@mail.example"}
    assert "/lock/" not in by_address["thief@mail.example"]  # who may be the thief gets no link
    undo, lock = links_in("owner@mail.example", "/lock/")
    assert "owner@mail.example" in Client().get(undo).content.decode()
    assert Client().post(undo).status_code == 200
    assert thief.get(reverse("settings")).status_code == 302
    owner = User.objects.get(pk=cast["owner"].pk)
    assert owner.email == "owner@mail.example"
    addresses = EmailAddress.objects.filter(user=owner)
    assert list(addresses.values_list("email", "verified", "primary")) == [
        ("owner@mail.example", True, True)
    ]
    assert Client().post(lock).status_code == 404
    assert new_password("owner@mail.example").status_code == 302
    assert sign_in("owner", NEW).get(reverse("settings")).status_code == 200


@pytest.mark.clause("alerts")
def test_the_undo_wins_over_a_lock_by_the_new_address(cast: Cast) -> None:
    changed_by_a_thief(cast)
    undo = links_in("owner@mail.example", "/lock/")[0]
    locks.lock(cast["owner"], "thief@mail.example")
    assert Client().post(undo).status_code == 200
    assert AccountLock.objects.get().address == "owner@mail.example"
    assert links_in("owner@mail.example", "/password/reset/key/")


def test_an_old_address_that_is_somebody_elses_by_now_brings_nothing_back(cast: Cast) -> None:
    changed_by_a_thief(cast)
    undo = links_in("owner@mail.example", "/lock/")[0]
    EmailAddress.objects.filter(email="owner@mail.example").delete()
    other = person("other")
    EmailAddress.objects.create(user=other, email="owner@mail.example", verified=True)
    assert Client().post(undo).status_code == 409
    assert User.objects.get(pk=cast["owner"].pk).email == "thief@mail.example"
    assert not locks.is_locked(cast["owner"])


def test_a_lock_leaves_no_web_session_behind(cast: Cast) -> None:
    sign_in("owner")
    sign_in("stranger")
    locks.lock(cast["owner"], "owner@mail.example")
    assert Session.objects.count() == 1
