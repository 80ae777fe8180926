"""The terms of service: a page, versions, a yes at sign-up with a record, changes announced."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from privacy.models import PolicyRelease, TermsAgreement
from privacy.policy import agreements, releases, texts
from tests.accounts.app import App
from tests.cast import BACKEND, Cast, person
from tests.entering import FORM, answer_age, born, sign_up
from tests.privacy.test_releases import in_days, tell
from tests.told import deliver

NEW = texts.Clause(99, "encores", "Encores", "2027-01-01", (), "One **encore** is owed.\n")


@pytest.fixture
def other_terms(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code whose terms say one thing more than those in force."""
    releases.begin()
    whole = (*texts.terms(), NEW)
    monkeypatch.setattr(releases, "terms", lambda: whole)


def announced() -> PolicyRelease:
    made = releases.draft("terms", "Encores are owed from now on.", material=True)
    return releases.announce(made.pk, in_days(31))


def posted() -> PolicyRelease:
    return releases.announce(releases.draft("terms", "A word on encores.").pk)


@pytest.mark.clause("terms")
@pytest.mark.promise("JK-39")
def test_the_page_and_its_versions_are_open_to_anybody(other_terms: None, client: Client) -> None:
    page = client.get(reverse("terms"))
    assert page.status_code == 200 and not page.cookies
    assert "What you make stays yours" in page.content.decode()
    assert reverse("terms") in client.get(reverse("home")).content.decode()
    posted()
    assert "<strong>encore</strong>" in client.get(reverse("terms")).content.decode()
    versions = client.get(reverse("terms_versions")).content.decode()
    for number in (1, 2):
        assert reverse("terms_version", args=[number]) in versions
    old = client.get(reverse("terms_version", args=[1])).content.decode()
    assert "no longer in force" in old and "encore" not in old
    differs = client.get(reverse("terms_changes", args=[2])).content.decode()
    assert "1 clause added" in differs and "Encores" in differs
    assert client.get(reverse("terms_version", args=[3])).status_code == 404
    told = client.get(reverse("terms_json")).json()
    assert (told["number"], told["clauses"][-1]["id"]) == (2, "encores")
    # The policy has numbers of its own.
    assert releases.in_force().number == 1
    assert "encore" not in client.get(reverse("policy")).content.decode()


@pytest.mark.clause("terms")
@pytest.mark.promise("JK-39", "JK-04")
def test_who_signs_up_agrees_to_the_version_that_was_shown_and_reads_it_later(
    db: None, client: Client
) -> None:
    releases.begin()
    answer_age(client)
    form = client.get(reverse("account_signup")).content.decode()
    assert '<input type="hidden" name="terms" value="1"' in form
    assert "terms of service, version 1" in form
    client.post(reverse("account_signup"), FORM)
    ada = User.objects.get()
    row = TermsAgreement.objects.get(user=ada)
    assert (row.number, row.channel) == (1, "sign-up")
    assert row.text_sha256 == agreements.seal(releases.in_force("terms"))
    hers = Client()
    hers.force_login(ada, backend=BACKEND)
    assert "You agreed to" in hers.get(reverse("terms")).content.decode()
    held = hers.get(reverse("held_kind", args=["privacy-termsagreement"])).content.decode()
    assert "sign-up" in held


@pytest.mark.clause("terms")
@pytest.mark.promise("JK-39")
def test_no_account_is_made_without_a_yes_to_the_version_in_force(other_terms: None) -> None:
    client = Client()
    for wrong in ("", "x", "2", "0"):
        answer = sign_up(client, terms=wrong)
        assert answer.status_code == 200 and answer.context["form"].errors["terms"], wrong
    posted()  # while somebody filled in the form
    late = sign_up(client)
    assert "Read version 2" in late.content.decode()
    assert '<input type="hidden" name="terms" value="2"' in late.content.decode()
    assert "Ada" in late.content.decode()  # nothing of it is lost
    assert User.objects.count() == 0
    assert sign_up(client, terms="2").status_code == 302
    assert TermsAgreement.objects.get().number == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("terms")
@pytest.mark.promise("JK-39", "JK-04")
def test_an_app_says_which_version_it_showed(live_server: Any) -> None:
    app = App(live_server.url)
    number = app.ask("GET", "/terms/terms.json").json["number"]
    new = {"email": "ada@mail.example", "username": "Ada", "password": "a stave has five lines",
           "birth_date": f"{born(30)}"}  # fmt: skip
    refused = app.auth("POST", "/auth/signup", **new)
    assert (refused.status, refused.json["errors"][0]["param"]) == (400, "terms")
    stale = app.auth("POST", "/auth/signup", **new, terms=number + 1)
    assert (stale.status, stale.codes) == (400, ["terms_changed"])
    assert User.objects.count() == 0
    assert app.auth("POST", "/auth/signup", **new, terms=number).status == 401  # confirm first
    assert TermsAgreement.objects.values_list("number", "channel").get() == (number, "app")


@pytest.mark.clause("terms", "announced-changes")
@pytest.mark.promise("JK-39")
def test_a_change_is_announced_like_one_of_the_policy(other_terms: None, cast: Cast) -> None:
    made = releases.draft("terms", "Encores are owed.", material=True)
    with pytest.raises(releases.Refused, match="30 days"):
        releases.announce(made.pk, in_days(20))
    release = releases.announce(made.pk, in_days(31))
    tell(release)
    deliver()
    (letter,) = [one for one in mail.outbox if one.to == ["owner@mail.example"]]
    assert "Our terms of service change on" in letter.subject
    assert "Encores are owed." in letter.body and "leave before" in letter.body
    banner = cast.client("owner").get(reverse("jams")).content.decode()
    assert "Our terms of service change" in banner
    page = cast.client("owner").get(reverse("policy_announcement", args=[release.public_id]))
    assert reverse("terms_changes", args=[2]) in page.content.decode()
    assert "encore" not in Client().get(reverse("terms")).content.decode()
    assert "This text changes" in Client().get(reverse("terms")).content.decode()


def test_a_policy_and_terms_may_be_announced_at_once_with_numbers_of_their_own(
    other_terms: None, other_code: Any
) -> None:
    text = releases.announce(releases.draft("text", "Songs.", material=True).pk, in_days(31))
    assert (announced().number, text.number) == (2, 2)
    assert [one.kind for one in releases.coming("terms")] == ["terms"]


def test_staff_draft_the_terms_on_their_page(other_terms: None) -> None:
    boss = User.objects.create_superuser("root1", "root1@mail.example", "x" * 12)
    client = Client()
    client.force_login(boss, backend=BACKEND)
    path = reverse("admin:privacy_policyrelease_draft")
    assert "Encores" in client.get(path, {"kind": "terms"}).content.decode()
    assert client.post(path, {"kind": "terms", "summary": "Encores."}).status_code == 302
    assert PolicyRelease.objects.get(state="draft").kind == "terms"


def test_agreements_go_with_their_person(db: None) -> None:
    ada, ben = person("ada"), person("ben")
    for one in (ada, ben):
        agreements.agree(one, 1, "app")
        agreements.agree(one, 1, "app")  # idempotent
    with pytest.raises(LookupError):
        agreements.agree(ada, 2, "app")
    ada.delete()
    assert list(TermsAgreement.objects.values_list("user__username", "number")) == [("ben", 1)]


@pytest.mark.promise("JK-39")
def test_who_runs_the_site_stands_at_the_foot_of_every_page(cast: Cast, settings: Any) -> None:
    """The terms say so."""
    settings.OPERATOR_NAME = "Jam Makers e. V."
    for name in ("home", "terms", "policy", "account_login", "find"):
        foot = cast.client("anonymous").get(reverse(name)).content.decode().partition("<footer")[2]
        assert "Run by Jam Makers e. V." in foot, name
