"""Agreeing, objecting, and the evidence of both: added to, never changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from privacy import consent
from privacy.consent import Channel, purposes
from privacy.consent.purposes import Purpose, Text
from privacy.datamap import Basis
from privacy.models import ConsentRecord
from sessions_app.models import Recording
from tests.cast import Cast


@pytest.fixture
def new_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a purpose a further version of its words."""

    def grow(key: str) -> None:
        old = purposes.get(key)
        more = Text(old.text.version + 1, "Other words.")
        grown = replace(old, texts=(*old.texts, more))
        monkeypatch.setitem(purposes._purposes, key, grown)

    yield grow


@pytest.fixture
def objectable(monkeypatch: pytest.MonkeyPatch) -> str:
    """Register a use that runs until somebody objects; this site has none."""
    made = Purpose("polls", "Polls", Basis.INTEREST, (Text(1, "We ask."),), "No more.")
    monkeypatch.setitem(purposes._purposes, "polls", replace(made, heeds_signal=False))
    return "polls"


@pytest.mark.clause("purposes", "cookies")
@pytest.mark.promise("VJ-26", "JM-05")
def test_nothing_optional_runs_without_a_yes(cast: Cast) -> None:
    every = [one.key for one in purposes.purposes()]
    assert {"marketing", "research", "analytics", "crash_reports"} <= set(every)
    assert [key for key in every if not purposes.get(key).asks] == []
    for role in ("owner", "leaving", "anonymous"):
        assert [key for key in every if consent.has(cast.user(role), key)] == []
    page = cast.client("owner").get(reverse("consent")).content.decode()
    assert page.count("Runs only after your yes.") == len(every)
    assert (
        "Nothing optional runs before you said yes"
        in cast.client("anonymous").get(reverse("cookies")).content.decode()
    )


def test_a_yes_counts_for_its_person_and_purpose_alone(cast: Cast) -> None:
    consent.give(cast["owner"], "marketing", channel=Channel.SETTINGS)
    consent.give(cast["leaving"], "marketing", channel=Channel.SIGN_UP)
    people = ("owner", "participant", "leaving", "anonymous")
    assert [consent.has(cast.user(one), "marketing") for one in people] == [
        True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(LookupError):
        consent.has(cast["owner"], "marketting")


@pytest.mark.promise("VJ-26")
def test_an_objection_holds_at_once_and_until_it_is_taken_back(cast: Cast, objectable: str) -> None:
    owner = cast["owner"]
    assert consent.has(owner, objectable), "on unless objected to"
    consent.withdraw(owner, objectable, channel=Channel.SETTINGS)
    assert not consent.has(owner, objectable)
    consent.give(owner, objectable, channel=Channel.SETTINGS)
    assert consent.has(owner, objectable)


def test_the_evidence_says_who_what_which_words_when_and_where(cast: Cast) -> None:
    consent.give(cast["owner"], "marketing", channel=Channel.FORM, form="profile")
    record = ConsentRecord.objects.get()
    words = str(purposes.get("marketing").text.words)
    assert record.user == cast["owner"]
    assert (record.purpose, record.given, record.text_version) == ("marketing", True, 1)
    assert record.text_sha256 == hashlib.sha256(words.encode()).hexdigest()
    assert (record.channel, record.form, record.language) == ("form", "profile", "en")
    assert record.created_at is not None


def test_saying_the_same_again_adds_nothing(cast: Cast, objectable: str) -> None:
    owner = cast["owner"]
    said = [
        (consent.withdraw, "marketing"), (consent.withdraw, "marketing"),
        (consent.give, "marketing"), (consent.give, "marketing"),
        (consent.give, objectable), (consent.withdraw, objectable), (consent.withdraw, objectable),
    ]  # fmt: skip
    made = [act(owner, key, channel=Channel.SETTINGS) is not None for act, key in said]
    assert made == [True, False, True, False, False, True, False]
    assert ConsentRecord.objects.count() == sum(made)


def test_a_yes_to_older_words_no_longer_counts(cast: Cast, new_words: Any, objectable: str) -> None:
    owner, participant = cast["owner"], cast["participant"]
    consent.give(owner, "marketing", channel=Channel.SETTINGS)
    consent.withdraw(participant, objectable, channel=Channel.SETTINGS)
    new_words("marketing")
    new_words(objectable)
    assert not consent.has(owner, "marketing")
    stale = {one.purpose.key for one in consent.standings(owner) if one.stale}
    assert stale == {"marketing"}
    # An objection doesn't lapse with the words it was made against.
    assert not consent.has(participant, objectable)
    consent.give(owner, "marketing", channel=Channel.ASKED_AGAIN)
    assert consent.has(owner, "marketing")


def test_the_question_for_one_and_the_condition_for_many_agree(
    cast: Cast, new_words: Any, objectable: str
) -> None:
    """Every history of up to three acts, on both kinds of basis, before and after new words."""
    acts = {"yes": consent.give, "no": consent.withdraw}
    histories = [[], *([a] for a in acts), *([a, b] for a in acts for b in acts)]
    names = ["owner", "participant", "former", "stranger", "leaving"]
    many = [User.objects.create_user(f"p{n}", f"p{n}@mail.example") for n in range(7)]
    people = [*(cast[name] for name in names), *many]
    for key in ("marketing", objectable):
        for person, history in zip(people, [*histories, *histories[1:]], strict=False):
            for act in history:
                acts[act](person, key, channel=Channel.SETTINGS)
    for _ in range(2):
        for key in ("marketing", objectable):
            one_by_one = {one.pk for one in people if consent.has(one, key)}
            assert set(consent.willing(key).values_list("pk", flat=True)) == one_by_one
            assert 0 < len(one_by_one) < len(people) or key == "marketing"
        new_words("marketing")


@pytest.mark.promise("MJ-03", "VJ-26")
def test_rows_of_who_did_not_agree_to_research_are_left_out(cast: Cast) -> None:
    rows = Recording.objects.filter(audience="public")
    open_to_it = rows.filter(consent.allowed("research", "owner"))
    assert set(open_to_it) == set()
    for name in ("owner", "leaving"):
        consent.give(cast[name], "research", channel=Channel.SETTINGS)
    assert set(open_to_it.all()) == {cast.recordings["public"]}, "who is leaving is left out"
    consent.withdraw(cast["owner"], "research", channel=Channel.SETTINGS)
    assert set(open_to_it.all()) == set()


def test_whoever_let_research_run_by_silence_is_asked(cast: Cast) -> None:
    """A yes to the words of before, when no word counted as a yes, is none."""
    ConsentRecord.objects.create(
        user=cast["owner"], purpose="research", given=True, text_version=1,
        text_sha256="0" * 64, channel="settings", language="en",
    )  # fmt: skip
    assert not consent.has(cast["owner"], "research")
    assert [one.purpose.key for one in consent.standings(cast["owner"]) if one.stale] == [
        "research"
    ]


def test_what_holds_now_is_one_query_in_one_index(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    owner = cast["owner"]
    consent.give(owner, "marketing", channel=Channel.SETTINGS)
    with django_assert_num_queries(1):
        assert consent.has(owner, "marketing")
    with django_assert_num_queries(1):
        consent.standings(owner)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    newest = ConsentRecord.objects.filter(user=owner, purpose="marketing").order_by("-pk")[:1]
    assert "consent_now" in newest.explain()


def _refused(act: Any) -> str:
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        return str(error).splitlines()[0]
    return "done"


def test_the_database_refuses_to_change_or_delete_evidence(cast: Cast) -> None:
    record = consent.give(cast["owner"], "marketing", channel=Channel.SETTINGS)
    assert record is not None
    record.given = False
    rows = ConsentRecord.objects.filter(pk=record.pk)
    for act in (record.save, record.delete, rows.delete, lambda: rows.update(purpose="other"),
                cast["owner"].delete):  # fmt: skip
        assert _refused(act) == "consent records are append-only"
    assert rows.get().given


def test_only_the_owner_of_the_table_can_erase_evidence(db: None) -> None:
    """Another role is refused, whatever it may do and says. All of it is rolled back."""
    place = connection.settings_dict
    root = psycopg.connect(dbname=place["NAME"], user="postgres", host=place["OPTIONS"]["host"])
    with root, root.cursor() as cursor:
        cursor.execute("""INSERT INTO privacy_consentrecord (purpose, given, text_version,
            text_sha256, language, channel, form, against_signal, created_at)
            VALUES ('marketing', true, 1, '', 'en', 'cookies', '', false, now())""")
        cursor.execute("CREATE ROLE reader_of_evidence")
        cursor.execute("GRANT SELECT, DELETE ON privacy_consentrecord TO reader_of_evidence")
        cursor.execute("SELECT set_config('jamsite.erasing', 'on', true)")
        cursor.execute("SET LOCAL ROLE reader_of_evidence")
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            cursor.execute("DELETE FROM privacy_consentrecord")
        root.rollback()


def test_erasing_a_person_takes_their_evidence_and_shuts_the_door_again(
    cast: Cast, objectable: str
) -> None:
    for name in ("owner", "participant"):
        consent.give(cast[name], "marketing", channel=Channel.SETTINGS)
        consent.withdraw(cast[name], objectable, channel=Channel.SETTINGS)
    assert [consent.erase(cast["owner"], 1) for _ in range(3)] == [1, 1, 0]
    left: list[Model] = list(ConsentRecord.objects.all())
    assert {one.user for one in ConsentRecord.objects.all()} == {cast["participant"]}
    assert _refused(left[0].delete) == "consent records are append-only"


def test_a_purpose_needs_a_basis_that_can_be_refused_and_growing_versions() -> None:
    for basis, versions in ((Basis.CONTRACT, (1,)), (Basis.CONSENT, ()), (Basis.CONSENT, (2, 1))):
        texts = tuple(Text(number, "words") for number in versions)
        with pytest.raises(ValueError, match="purpose new"):
            purposes.register(Purpose("new", "New", basis, texts, "It stops."))
    assert "new" not in {one.key for one in purposes.purposes()}


def test_a_withdrawal_waits_for_who_acts_on_the_yes(cast: Cast) -> None:
    """Who stores on the strength of a yes holds the person's row until it is stored."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries, consent.holding(cast["owner"]):
        pass
    assert any("FOR NO KEY UPDATE" in one["sql"] for one in queries)


@pytest.mark.promise("JT-09")
def test_the_browsers_signal_ends_what_was_agreed_before_it(cast: Cast, objectable: str) -> None:
    owner = cast["owner"]
    consent.give(owner, "marketing", channel=Channel.SIGN_UP)
    assert not consent.has(owner, "marketing", signal=True)
    assert [one.key for one in consent.heed_signal(owner)] == ["marketing"]
    assert not consent.has(owner, "marketing")
    newest = ConsentRecord.objects.filter(user=owner).latest("pk")
    assert (newest.channel, newest.given) == ("gpc", False)
    assert consent.has(owner, objectable, signal=True), "an opt-out of sharing, not of this"
    # Told of the signal, they agree all the same: their own word wins, until they take it back.
    consent.give(owner, "marketing", channel=Channel.SETTINGS, against_signal=True)
    assert consent.heed_signal(owner) == []
    assert consent.has(owner, "marketing", signal=True)
    consent.withdraw(owner, "marketing", channel=Channel.UNSUBSCRIBE)
    assert not consent.has(owner, "marketing", signal=True)
