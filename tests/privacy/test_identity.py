"""Who asks is made sure of in proportion; an exception to a right is named with its law."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from jamsite import roles
from privacy.models import Export, Request
from privacy.subject_requests import exceptions, fulfilment, identity, intake
from privacy.subject_requests.intake import NotNow
from tests.cast import Cast, just_signed_in, person
from tests.staff import member_of, open_page, signed_in
from tests.told import deliver


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(member_of(roles.PRIVACY_OFFICER, "pia"))


def act(client: Client, row: Request, deed: str, **words: str) -> Any:
    open_page(client, reverse("admin:privacy_request_change", args=[row.pk]), why="request")
    answer = client.post(
        reverse("admin:privacy_request_act", args=[row.pk, deed]), words, follow=True
    )
    row.refresh_from_db()
    return answer.content.decode()


def by_link(kind: str, name: str = "owner") -> Request:
    made = intake.file(kind, channel="web", address=f"{name}@mail.example", text="mark-text")
    return intake.confirm(made)


@pytest.mark.clause("requests", "identity")
@pytest.mark.promise("JK-40")
def test_a_mailbox_is_enough_where_the_account_asks_no_more(cast: Cast, officer: Client) -> None:
    row = by_link("access")
    assert (row.identity, row.user) == ("link", cast["owner"])
    act(officer, row, "copy")
    assert Export.objects.get().user == cast["owner"]
    refused = act(officer, row, "identity", text="Passport.", method="document")
    assert "more than this request needs" in refused and row.identity == "link"
    page = act(officer, row, "note", text="x")
    assert 'value="facts"' in page and 'value="document"' not in page


@pytest.mark.clause("requests", "identity")
@pytest.mark.promise("JK-40")
@pytest.mark.parametrize("kind", ["access", "correct", "delete", "restrict", "enquiry"])
def test_a_mailbox_is_too_little_for_an_account_with_a_second_step(
    cast: Cast, officer: Client, kind: str
) -> None:
    Authenticator.objects.create(user=cast["owner"], type="totp", data={"secret": "x"})
    row = by_link(kind)
    for deed in ("copy", "erase", "restrict"):
        said = act(officer, row, deed)
        assert "Check who asks before anything is done." in said
    assert not Export.objects.exists() and not cast["owner"].erasures.exists()
    if kind != "enquiry":  # whose answer holds nothing of the account
        assert "sure enough" in act(officer, row, "answer", text="All of it: mark-secret")
        assert row.state == "open"
    act(officer, row, "identity", text="Named three recordings.", method="facts")
    assert row.identity == "proof"
    act(officer, row, "answer", text="It is done.")
    assert row.state == "answered"


@pytest.mark.clause("requests", "identity")
@pytest.mark.promise("JK-40")
def test_the_person_reads_what_is_missing_and_makes_it_sure_signed_in(cast: Cast) -> None:
    Authenticator.objects.create(user=cast["owner"], type="totp", data={"secret": "x"})
    row = by_link("access")
    client = cast.client("owner")
    page = client.get(reverse("request", args=[row.public_id])).content.decode()
    assert "more than its mailbox" in page and "opened the link we sent" in page
    just_signed_in(client, seconds_ago=100_000)
    sent = client.post(reverse("write_request", args=[row.public_id]), {"sign": "1"})
    assert "reauthenticate" in sent["Location"] or "confirm" in sent["Location"]
    just_signed_in(client)
    client.post(reverse("write_request", args=[row.public_id]), {"sign": "1"})
    row.refresh_from_db()
    assert row.identity == "signed in"
    fulfilment.make_copy(row)
    page = client.get(reverse("request", args=[row.public_id])).content.decode()
    assert "more than its mailbox" not in page
    other = cast.client("stranger")
    assert other.post(
        reverse("write_request", args=[row.public_id]), {"sign": "1"}
    ).status_code == 404  # fmt: skip


def test_an_address_that_an_account_only_claims_ties_no_request_to_it(cast: Cast) -> None:
    """Who entered another's address, and never confirmed it, would else read their requests."""
    EmailAddress.objects.filter(user=cast["owner"]).update(verified=False)
    assert by_link("access").user is None


@pytest.mark.clause("requests", "exceptions")
@pytest.mark.promise("JK-40")
def test_an_exception_is_named_with_its_law(cast: Cast, officer: Client) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "delete", text="mark-text")
    said = act(officer, row, "refuse", text="We must keep the invoice.")
    assert "Choose the exception" in said and row.state == "open"
    act(officer, row, "refuse", text="We must keep it.", ground="excessive")  # California's
    assert row.state == "open"
    act(officer, row, "refuse", text="We must keep the invoice.", ground="obligation")
    assert (row.state, row.ground) == ("refused", "obligation")
    deliver()
    letter = next(one.body for one in mail.outbox if "answer" in one.subject)
    page = cast.client("owner").get(reverse("request", args=[row.public_id])).content.decode()
    for text in (letter, page):
        assert "We must keep the invoice." in text
        assert "GDPR Art. 17(3)(b)" in text and "a law obliges us to keep it" in text
        assert "data protection authority" in text and "court" in text


@pytest.mark.clause("requests", "exceptions")
@pytest.mark.promise("JK-40")
def test_an_answer_in_part_names_its_exception_too(cast: Cast) -> None:
    row = fulfilment.file_and_serve(cast["owner"], "correct", text="mark-text")
    intake.answer(row, person("pia"), "The town is right as it was.", ground="accurate")
    row.refresh_from_db()
    assert (row.state, row.ground) == ("answered", "accurate")
    assert "GDPR Art. 16" in row.steps.get(kind="answered").text


def test_every_kind_of_request_has_exceptions_of_its_own_law_alone(cast: Cast) -> None:
    for kind in Request.Kind.values:
        for law in ("gdpr", "ccpa"):
            row = Request(kind=kind, law=law)
            found = exceptions.of(row)
            assert {one.law for one in found} <= {law}
            assert (found == []) == (kind in identity.TELL_NOTHING)
    with pytest.raises(NotNow, match="exception"):
        intake.answer(
            fulfilment.file_and_serve(cast["owner"], "enquiry", text="Hello?"),
            None, "No.", refuse=True, ground="others",
        )  # fmt: skip
