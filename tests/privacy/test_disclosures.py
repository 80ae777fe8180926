"""Whatever goes outside is declared, recorded before it goes, and read by the person."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from integrations import boundary, fetching, providers
from integrations.boundary import Undeclared, disclose
from integrations.mail import Backend, Letter
from integrations.turn import ice_servers
from jamsite import roles
from privacy import datamap, notices
from privacy.datamap import retention_job
from privacy.models import Disclosure, LegalDisclosure, Notice
from privacy.notices import delivery
from privacy.staff_access import disclosures
from tests.cast import Cast, person
from tests.mail_sink import listening
from tests.privacy.copies import Copy
from tests.staff import member_of, signed_in
from tests.told import deliver

RELAY = ("relay", ("user.device.ip_address",), "jamming")


@pytest.fixture
def outside(settings: Any) -> None:
    """A site with a mail server elsewhere, a relay and a network to sign in with."""
    settings.EMAIL_HOST = "mail.elsewhere.example"
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example"], "s" * 32
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"provider_id": "pipers", "name": "Guild of Pipers"}]}
    }


class Redirected(Backend):
    """The backend, whose connections end on loopback whatever host they name."""

    letters: list[str] = []

    @property
    def connection_class(self) -> Any:
        return lambda host, port, **about: smtplib.SMTP("127.0.0.1", port, **about)


@contextmanager
def mail_server(*, breaks: bool = False) -> Iterator[Redirected]:
    """Run a real mail server on loopback that the boundary takes for one elsewhere."""
    with listening(breaks=breaks) as (port, letters):
        backend = Redirected(host="loopback.elsewhere.example", port=port)
        backend.letters = letters
        yield backend


def rows(**about: Any) -> list[tuple[Any, ...]]:
    found = Disclosure.objects.filter(**about).order_by("pk")
    return list(found.values_list("user__username", "provider", "purpose", "failed"))


@pytest.mark.clause("disclosures")
@pytest.mark.promise("JK-38")
def test_a_transfer_is_recorded_before_it_goes_and_the_person_reads_it(
    cast: Cast, outside: None
) -> None:
    with disclose(RELAY[0], [cast["owner"].pk], RELAY[1], RELAY[2]):
        assert rows() == [("owner", "relay", "jamming", False)]
    page = cast.client("owner").get(reverse("disclosures")).content.decode()
    for text in ("relay.example", "network address", "play and record with others",
                 "contract"):  # fmt: skip
        assert text in page
    other = cast.client("stranger").get(reverse("disclosures")).content.decode()
    assert "relay.example" not in other and "Nothing went out" in other


@pytest.mark.clause("disclosures")
@pytest.mark.parametrize(
    "transfer",
    [
        ("advertiser", ("user.device.ip_address",), "jamming", "contract"),
        ("relay", ("user.contact.email",), "jamming", "contract"),
        ("relay", (), "jamming", "contract"),
        ("relay", ("user.device.ip_address",), "curiosity", "contract"),
        ("relay", ("user.device.ip_address",), "jamming", "because we can"),
    ],
)
def test_what_is_not_declared_does_not_go(cast: Cast, outside: None, transfer: Any) -> None:
    key, categories, purpose, basis = transfer
    went = False
    with (
        pytest.raises(Undeclared),
        disclose(key, [cast["owner"].pk], categories, purpose, basis),
    ):
        went = True
    assert (went, rows()) == (False, [])


def test_without_a_recorder_nothing_goes(
    cast: Cast, outside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary, "_recorders", [])
    with pytest.raises(Undeclared), disclose(RELAY[0], [1], RELAY[1], RELAY[2]):
        raise AssertionError("it went")


@pytest.mark.clause("disclosures")
def test_mail_through_a_server_elsewhere_is_recorded(cast: Cast, outside: None) -> None:
    notices.tell(cast["owner"], "rights", "Hear this", "mark-words")
    made = Notice.objects.get()
    with mail_server() as backend:
        letter = delivery._letter(made)
        letter.connection = backend
        assert letter.send() == 1
        letters = backend.letters
        assert "mark-words" in letters[0] and len(letters) == 1
    assert rows() == [("owner", "mail", "rights", False)]
    held = Disclosure.objects.values().get()
    assert "mark-words" not in str(held) and "owner@" not in str(held)
    assert held["categories"] == ["user.account", "user.contact.email"]


@pytest.mark.clause("disclosures")
def test_a_run_of_many_is_one_record_each_written_at_once(
    cast: Cast, outside: None, django_assert_num_queries: Any
) -> None:
    people = [person(f"reader{number}") for number in range(5)]
    letters = [Letter("news", "words", to=[one.email.upper()]) for one in people]
    letters.append(Letter("answer", "words", to=["nobody@elsewhere.example"]))
    with mail_server() as backend, django_assert_num_queries(2):  # whose addresses; the rows
        assert backend.send_messages(letters) == 6
    assert [row[0] for row in rows()] == [one.username for one in people] + [None]


def test_a_transfer_that_broke_off_says_so(cast: Cast, outside: None) -> None:
    with mail_server(breaks=True) as backend, pytest.raises(smtplib.SMTPException):
        backend.send_messages([Letter("news", "words", to=["owner@mail.example"])])
    assert rows() == [("owner", "mail", "account", True)]
    assert "broke off" in cast.client("owner").get(reverse("disclosures")).content.decode()


def test_our_own_mail_server_is_nobody_else(cast: Cast) -> None:
    with mail_server() as backend:
        backend.host = "localhost"
        assert backend.send_messages([Letter("x", "y", to=["owner@mail.example"])]) == 1
    assert rows() == []


@pytest.mark.clause("disclosures")
def test_credentials_for_a_relay_are_recorded(cast: Cast, outside: None, settings: Any) -> None:
    servers, policy = ice_servers("peer", cast["owner"].pk)
    assert policy == "relay" and servers
    assert rows() == [("owner", "relay", "jamming", False)]
    settings.TURN_URLS = settings.STUN_URLS = []
    assert ice_servers("peer", cast["owner"].pk) == ([], "all")
    assert len(rows()) == 1


def test_a_network_that_somebody_signs_in_with_is_recorded(cast: Cast, outside: None) -> None:
    fetching.learned_of_sign_in("pipers", cast["owner"].pk)
    assert rows() == [("owner", "openid:pipers", "account", False)]
    with pytest.raises(Undeclared):
        fetching.learned_of_sign_in("strangers", cast["owner"].pk)


@pytest.mark.clause("never-sold")
@pytest.mark.promise("JT-09")
def test_no_declared_purpose_is_a_sale(outside: None) -> None:
    assert disclosures.sales() == []
    for provider in providers.configured():
        said = f"{provider.purpose} {provider.data}".lower()
        assert [word for word in disclosures.SALE if word in said] == [], provider.key


@pytest.mark.clause("never-sold")
@pytest.mark.promise("JT-09")
def test_the_page_says_so_from_the_record_and_would_say_otherwise(
    cast: Cast, outside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disclose(RELAY[0], [cast["owner"].pk] * 3, RELAY[1], RELAY[2]):
        pass
    client = cast.client("owner")
    page = client.get(reverse("disclosures")).content.decode()
    assert "Never sold: of 3 records about you, none is a sale." in page
    monkeypatch.setitem(datamap.PURPOSES, "jamming", "to sell it to advertisers")
    page = client.get(reverse("disclosures")).content.decode()
    assert "3 records below are a sale." in page and "Never sold" not in page


@pytest.mark.parametrize("count", [1, 3, 45])
def test_the_page_has_stretches_and_a_constant_number_of_queries(
    cast: Cast, outside: None, count: int, django_assert_num_queries: Any
) -> None:
    with disclose(RELAY[0], [cast["owner"].pk] * count, RELAY[1], RELAY[2]):
        pass
    client = cast.client("owner")
    with django_assert_num_queries(5):  # web session, person, count, page, legal
        page = client.get(reverse("disclosures"))
    shown, seen = page.context["disclosures"], 0
    while page.context["next_url"]:
        seen += len(shown)
        page = client.get(page.context["next_url"])
        shown = page.context["disclosures"]
    assert seen + len(shown) == count


def test_old_records_are_forgotten(cast: Cast, outside: None) -> None:
    with disclose(RELAY[0], [cast["owner"].pk] * 2, RELAY[1], RELAY[2]):
        pass
    old = Disclosure.objects.order_by("pk")[0]
    Disclosure.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=731))
    retention_job.enforce()
    assert [one.pk != old.pk for one in Disclosure.objects.all()] == [True]


# --- what a law required ---------------------------------------------------------------------


def given(cast: Cast, **changes: Any) -> LegalDisclosure:
    about: dict[str, Any] = {
        "authority": "Court of Ghent", "law": "article 46bis", "order": "12/2026 of 3 March",
        "asked": "mark-asked", "asked_categories": ["user.contact.email", "user.account"],
        "given_categories": ["user.contact.email"], "disclosed_at": timezone.now(),
    }  # fmt: skip
    staff = User.objects.filter(username="officer").first() or person("officer")
    return disclosures.record_legal(staff, cast["owner"], **{**about, **changes})


@pytest.mark.clause("legal-disclosures")
@pytest.mark.promise("JM-12")
def test_what_a_law_required_is_recorded_and_told_at_once(cast: Cast) -> None:
    assert given(cast).told_at is not None
    deliver()
    [letter] = mail.outbox
    assert letter.to == ["owner@mail.example"] and "article 46bis" in letter.body
    page = cast.client("owner").get(reverse("disclosures")).content.decode()
    for text in ("Court of Ghent", "article 46bis", "12/2026 of 3 March", "mark-asked",
                 "your e-mail address"):  # fmt: skip
        assert text in page
    assert "mark-asked" not in cast.client("stranger").get(reverse("disclosures")).content.decode()


@pytest.mark.clause("legal-disclosures")
@pytest.mark.promise("JM-12")
def test_no_more_is_given_than_was_asked(cast: Cast) -> None:
    with pytest.raises(disclosures.NotAsked):
        given(cast, given_categories=["user.contact.email", "user.content"])
    assert not LegalDisclosure.objects.exists()
    made = given(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalDisclosure.objects.filter(pk=made.pk).update(given_categories=["user.content"])


@pytest.mark.clause("legal-disclosures")
@pytest.mark.promise("JM-12")
def test_a_forbidden_notice_waits_for_the_end_of_the_ban(cast: Cast) -> None:
    today = timezone.localdate()
    made = given(cast, secret_until=today + timedelta(days=30), secret_because="article 46bis § 3")
    client = cast.client("owner")
    assert disclosures.tell_what_was_secret() == 0
    assert "Court of Ghent" not in client.get(reverse("disclosures")).content.decode()
    assert "Court of Ghent" not in Copy(cast["owner"]).whole
    Notice.objects.filter(title="Your copy is ready").delete()
    assert Notice.objects.count() == 0

    LegalDisclosure.objects.filter(pk=made.pk).update(secret_until=today - timedelta(days=1))
    assert disclosures.tell_what_was_secret() == 1
    assert disclosures.tell_what_was_secret() == 0
    assert [one.user for one in Notice.objects.all()] == [cast["owner"]]
    page = client.get(reverse("disclosures")).content.decode()
    assert "Court of Ghent" in page and "article 46bis § 3" in page


def test_a_ban_without_a_law_is_no_ban(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        given(cast, secret_until=timezone.localdate())


@pytest.mark.clause("legal-disclosures")
def test_staff_enters_it_in_a_form_that_holds_the_same_rules(cast: Cast) -> None:
    officer = signed_in(member_of(roles.PRIVACY_OFFICER))
    path = reverse("admin:privacy_legaldisclosure_add")
    form = {
        "username": "Owner", "ground": "law", "authority": "Court of Ghent", "law": "article 46bis",
        "order": "12", "asked": "who wrote", "asked_categories": ["user.contact.email"],
        "given_categories": ["user.contact.email", "user.content"],
        "disclosed_at": "2026-11-20 10:00",
    }  # fmt: skip
    assert "Not asked for: user.content." in officer.post(path, form).content.decode()
    form["given_categories"] = ["user.contact.email"]
    assert "There is no account" in officer.post(
        path, {**form, "username": "ghost"}
    ).content.decode()  # fmt: skip
    assert officer.post(path, form).status_code == 302
    row = LegalDisclosure.objects.get()
    assert (row.user, row.recorded_by.username) == (cast["owner"], "privacy-officer")
    assert Client().get(path).status_code == 302
    support = signed_in(member_of(roles.SUPPORT))
    assert support.get(path).status_code == 403


@pytest.mark.clause("protecting")
@pytest.mark.promise("JT-20")
@pytest.mark.parametrize(
    ("ground", "words"), [("crime", "to prevent a crime"), ("rights", "rights or safety")]
)
def test_what_was_given_unasked_is_recorded_with_its_ground_and_told(
    cast: Cast, ground: str, words: str
) -> None:
    officer = signed_in(member_of(roles.PRIVACY_OFFICER))
    form = {
        "username": "owner", "ground": ground, "authority": "Police of Ghent",
        "law": "GDPR Art. 6(1)(d)", "asked": "mark-threat in a message, to be acted on that night",
        "asked_categories": ["user.contact.email"], "given_categories": ["user.contact.email"],
        "disclosed_at": "2026-11-20 10:00",
    }  # fmt: skip
    path = reverse("admin:privacy_legaldisclosure_add")
    assert officer.post(path, {**form, "law": ""}).status_code == 200
    assert officer.post(path, {**form, "ground": "law"}).status_code == 200  # without an order
    assert not LegalDisclosure.objects.exists()
    assert officer.post(path, form).status_code == 302
    row = LegalDisclosure.objects.get()
    assert (row.ground, row.order, row.told_at is not None) == (ground, "", True)
    deliver()
    [letter] = mail.outbox
    assert words in letter.body and "GDPR Art. 6(1)(d)" in letter.body
    page = cast.client("owner").get(reverse("disclosures")).content.decode()
    for text in (words, "Police of Ghent", "mark-threat", "What happened", "GDPR Art. 6(1)(d)"):
        assert text.lower() in page.lower(), text
    assert ground in Copy(cast["owner"]).text("data/privacy.legaldisclosure.json")


@pytest.mark.clause("protecting")
@pytest.mark.promise("JT-20")
def test_what_was_given_to_prevent_a_crime_is_told_when_the_law_allows_it(cast: Cast) -> None:
    today = timezone.localdate()
    made = given(
        cast, ground="crime", order="", secret_until=today, secret_because="Code, article 458"
    )
    assert made.told_at is None and disclosures.tell_what_was_secret() == 0
    LegalDisclosure.objects.filter(pk=made.pk).update(secret_until=today - timedelta(days=1))
    assert disclosures.tell_what_was_secret() == 1
    assert Notice.objects.get().title == "Data about you was given to others: to prevent a crime"
    with pytest.raises(IntegrityError), transaction.atomic():
        given(cast, order="")  # what a law required has an order
