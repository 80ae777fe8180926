"""The policy runs: every clause has its tests, and the page tells the truth of this site."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from integrations import providers
from privacy import policy
from privacy.datamap import browser_storage
from privacy.policy import releases


@pytest.fixture
def clauses_anew() -> Iterator[None]:
    policy.forget()
    yield
    policy.forget()


def test_every_clause_is_enforced_and_every_mark_names_a_clause(clauses_anew: None) -> None:
    assert policy.problems() == []
    call_command("policy", "--check")
    assert len(policy.clauses()) >= 10


@pytest.mark.clause("changes")
@pytest.mark.promise("MJ-06")
def test_the_page_shows_each_clause_since_when_and_by_how_many_checks(
    client: Client, db: None, clauses_anew: None
) -> None:
    page = client.get(reverse("policy")).content.decode()
    assert f'datetime="{releases.in_force().posted_at.isoformat()}"' in page
    anchors = re.findall(r'<section class="clause" id="([\w-]+)"', page)
    ids = [clause.id for clause in policy.clauses()]
    assert anchors[: len(ids)] == ids
    sections = page.split('<section class="clause"')[1 : len(ids) + 1]
    for clause, section in zip(policy.clauses(), sections, strict=True):
        assert clause.checks > 0
        assert re.search(rf"\b{clause.checks} checks?\b", section), clause.id
        assert clause.html in section, "the clause's text is shown as it is, not escaped"
        assert f'datetime="{clause.since}' in section, clause.id


def test_the_page_needs_no_tests_beside_it(
    client: Client, db: None, tmp_path: Path, settings: Any, clauses_anew: None
) -> None:
    """A site in production comes without them, and says how many there are all the same."""
    page = client.get(reverse("policy")).content.decode()
    counts = re.findall(r"\b(\d+) checks?\b", page)
    settings.BASE_DIR = tmp_path
    policy.forget()
    again = client.get(reverse("policy")).content.decode()
    assert re.findall(r"\b(\d+) checks?\b", again) == counts
    assert len(counts) >= len(policy.clauses())


def test_other_tests_than_were_kept_fail_the_check(
    monkeypatch: pytest.MonkeyPatch, clauses_anew: None
) -> None:
    kept = {**policy.tests(), "leaving": policy.tests()["leaving"][1:]}
    monkeypatch.setattr(policy, "tests", lambda: kept)
    assert policy.problems() == [
        "Other tests stand behind the clauses than privacy/policy/checks.json says: "
        "manage.py policy --draft writes it anew."
    ]


def test_a_clause_without_a_test_fails_the_check(
    tmp_path: Path, settings: Any, clauses_anew: None
) -> None:
    settings.BASE_DIR = tmp_path
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_one.py").write_text(
        "import pytest\n@pytest.mark.clause('who-sees', 'invented')\ndef test_it(): ...\n"
    )
    faults = policy.problems()
    assert "tests/test_one.py::test_it enforces the unknown clause invented." in faults
    assert "Clause leaving has no test marked with it." in faults
    assert "Clause who-sees has no test marked with it." not in faults


def test_a_clause_covers_only_promises_that_exist(
    monkeypatch: pytest.MonkeyPatch, clauses_anew: None
) -> None:
    known = policy.promises()
    monkeypatch.setattr(policy, "promises", lambda: tuple(one for one in known if one != "JK-14"))
    assert "Clause leaving covers the unknown promise JK-14." in policy.problems()


@pytest.mark.clause("providers")
@pytest.mark.promise("VJ-09")
def test_the_providers_are_those_that_are_configured(
    client: Client, db: None, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    settings.TURN_URLS, settings.STUN_URLS = [], []
    settings.EMAIL_HOST = "localhost"
    assert providers.configured() == []
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"provider_id": "pipers", "name": "Guild of Pipers"}]}
    }
    settings.EMAIL_HOST = "mail.example"
    settings.TURN_URLS, settings.STUN_URLS = ["turn:relay.example"], ["stun:relay.example"]
    listed = providers.configured()
    assert [one.name for one in listed] == ["Guild of Pipers", "mail.example", "relay.example"]
    for one in listed:
        assert one.purpose and one.data and one.categories
        assert providers.find(one.key) == one
    page = client.get(reverse("policy")).content.decode()
    for text in (text for one in listed for text in (one.name, one.purpose, one.data)):
        assert escape(text) in page
    with pytest.raises(LookupError):
        providers.find("undeclared")


@pytest.mark.clause("cookies")
def test_the_cookies_told_of_are_those_that_are_set(db: None, settings: Any) -> None:
    from tests.cast import PASSWORD, person
    from tests.entering import answer_age

    person("owner")
    client = Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": "owner", "password": PASSWORD})
    client.get(reverse("home"))
    needed = {one.shown for one in browser_storage.kept() if one.kind == "cookie" and one.needed}
    later = {settings.CHOICES_COOKIE_NAME, settings.AGE_COOKIE_NAME, "apple-login-session"}
    assert set(client.cookies) == needed - later
    visitor = Client()
    visitor.post(reverse("cookies"), headers={"Origin": "http://testserver"})
    child = Client()
    answer_age(child, 12)
    from_apple = Client()
    from_apple.post("/account/apple/login/callback/", {"state": "x"})
    told = {one["name"] for one in policy.cookies()}
    set_by_us = {*client.cookies, *visitor.cookies, *child.cookies, *from_apple.cookies}
    assert set_by_us == told


@pytest.mark.clause("providers")
@pytest.mark.promise("JK-20", "VJ-29")
def test_the_facts_come_from_the_data_map_and_the_configuration(
    client: Client, db: None, settings: Any
) -> None:
    from privacy import datamap

    settings.REGION = "Ghent"
    facts = policy.facts()
    assert facts["region"] == "Ghent"
    assert [one["label"] for one in facts["data"]] == [
        one.label for one in datamap.held() if one.purposes
    ]
    page = client.get(reverse("policy")).content.decode()
    told = ["Ghent", settings.CONTACT_EMAIL, *(one["label"] for one in facts["data"])]
    told += [one["label"] for one in facts["stores"]] + [one["name"] for one in facts["cookies"]]
    assert [text for text in told if escape(str(text)) not in page] == []
