"""Schools: verified, listed while active, and the children's accounts they make after consent."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jamsite import roles
from privacy.models import AccessLogEntry
from schools.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    ParentalConsent,
    Partner,
    PartnerStaff,
)
from schools.services import children, partners
from sessions_app.models import Mix
from tests.cast import BACKEND, PASSWORD, just_signed_in, person, recorded
from tests.privacy.copies import Copy
from tests.school import EVIDENCE, School, consented, school
from tests.staff import member_of, open_page, signed_in
from tests.told import deliver


@pytest.fixture
def brook(db: None) -> School:
    return School()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    just_signed_in(client)
    return client


FORM = {
    "reference": "5b-09",
    "guardian_email": "mum@mail.example",
    "method": "form",
    "evidence": "folder 7, sheet 9",
    "given_on": "2026-11-01",
}


def at_commit() -> None:
    """Have PostgreSQL check now what it checks at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# The list --------------------------------------------------------------------------------


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22")
def test_the_public_list_holds_the_active_partners_and_no_others(client: Client, db: None) -> None:
    for state in Partner.State.values:
        school(f"School {state}", state)
    page = client.get(reverse("partners"))
    assert [one["name"] for one in page.context["partners"]] == ["School active"]
    for state in ("draft", "verified", "ended"):
        assert f"School {state}" not in page.content.decode()
    partners.end(Partner.objects.get(name="School active"))
    assert client.get(reverse("partners")).context["partners"] == []


def test_the_list_costs_the_same_for_one_and_for_three(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    school("School one")
    client.get(reverse("partners"))
    for _number in range(2):
        with django_assert_num_queries(1):
            assert client.get(reverse("partners")).status_code == 200
        school("School two")
        school("School three")


def test_a_partner_starts_only_verified_and_says_how(db: None) -> None:
    staff = member_of(roles.PARTNER_MANAGER)
    made = partners.open_partner(name="Brook", kind="school", country="de")
    with pytest.raises(partners.Refused):
        partners.start(made)
    with pytest.raises(partners.Refused):
        partners.verify(made, staff, "looked")
    partners.verify(made, staff, "Called the number in the state's register of schools.")
    made = partners.start(made)
    assert (made.state, made.verified_by, made.country) == ("active", staff, "DE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.create(name="x", slug="x", country="DE", state="active")
    for odd in (person("young", age_group="teen"),):
        with pytest.raises(partners.Refused):
            partners.employ(made, odd, "teacher")


@pytest.mark.promise("VJ-16")
def test_a_partner_manager_takes_a_school_in_and_says_who_works_there(db: None) -> None:
    client = signed_in(member_of(roles.PARTNER_MANAGER))
    said = {"name": "Brook", "kind": "school", "country": "DE", "website": "",
            "evidence": "Called the number in the register."}  # fmt: skip
    assert client.post(reverse("admin:schools_partner_add"), said).status_code == 302
    made = Partner.objects.get()
    assert made.state == "verified"
    tilda = person("tilda")
    form = {"partner": made.pk, "username": "tilda", "role": "teacher"}
    assert client.post(reverse("admin:schools_partnerstaff_add"), form).status_code == 302
    assert PartnerStaff.objects.get().user == tilda
    for action, state in (("start", "active"), ("end", "ended")):
        client.post(
            reverse("admin:schools_partner_changelist"),
            {"action": action, "_selected_action": [made.pk]},
        )
        assert Partner.objects.get().state == state


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16")
def test_a_manager_sees_that_consent_exists_behind_a_reason_and_nothing_a_child_does(
    brook: School,
) -> None:
    client = signed_in(member_of(roles.PARTNER_MANAGER))
    place = brook.ada_enrolment
    path = reverse("admin:schools_enrolment_change", args=[place.pk])
    assert b"give-reason" in client.get(path).content
    page = open_page(client, path)
    assert "parent-of-ada@mail.example" in page.content.decode()
    assert [look.user for look in AccessLogEntry.objects.all()] == [brook.ada]
    for name in ("accounts_user", "accounts_profile", "sessions_app_recording", "privacy_export"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


# Consent first ---------------------------------------------------------------------------


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-21", "JK-22")
def test_a_school_records_consent_and_only_then_makes_the_account(brook: School) -> None:
    client = client_of(brook.tilda)
    path = reverse("school_class", args=[brook.first.public_id])
    answer = client.post(path, FORM)
    place = Enrolment.objects.get(reference="5b-09")
    assert answer["Location"] == reverse("school_child", args=[place.public_id])
    consent = ParentalConsent.objects.get(enrolment=place)
    assert (consent.scope, consent.method, consent.evidence) == (
        "programme", "form", "folder 7, sheet 9",
    )  # fmt: skip
    assert (consent.recorded_by, consent.given_on.isoformat()) == (brook.tilda, "2026-11-01")
    assert (consent.text_version, len(consent.text_sha256), place.child) == (1, 64, None)
    account = reverse("create_child_account", args=[place.public_id])
    card = client.post(account, {"username": "quick-fox"})
    child = User.objects.get(username="quick-fox")
    assert (child.age_group, child.enrolment, child.indexed, child.api_access) == (
        "child", place, False, False,
    )  # fmt: skip
    assert card["Cache-Control"] == "no-store"
    password = card.context["password"]
    assert child.check_password(password)
    signed_in = Client()
    login = {"login": "quick-fox", "password": password}
    assert signed_in.post(reverse("account_login"), login)["Location"] != ""
    assert signed_in.get(reverse("jams")).context["user"] == child
    at_commit()


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22")
def test_the_parent_is_written_to_at_once_and_the_letter_names_no_child(brook: School) -> None:
    mail.outbox.clear()
    place = consented(brook.first, brook.tilda, "dora", profile=True)
    deliver()
    letters = [one for one in mail.outbox if one.to == ["parent-of-dora@mail.example"]]
    assert len(letters) == 1
    text = letters[0].body
    assert "mark-school-brook" in text and "/children/link/" in text and "a picture" in text
    children.create_account(place, "dora")
    deliver()
    letters = [one for one in mail.outbox if one.to == ["parent-of-dora@mail.example"]]
    assert len(letters) == 2
    assert all("dora" not in f"{one.subject} {one.body}" for one in letters)


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22")
def test_without_consent_neither_the_service_nor_the_database_takes_a_child(
    brook: School,
) -> None:
    place = Enrolment.objects.create(
        partner=brook.partner, school_class=brook.first, reference="x",
        guardian_email="x@mail.example",
    )  # fmt: skip
    with pytest.raises(children.Refused):
        children.create_account(place, "nobody")
    at_commit()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("smuggled", "s@mail.example", PASSWORD, age_group="child")
        at_commit()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=brook.karl.pk).update(age_group="child")
        at_commit()
    with pytest.raises(IntegrityError), transaction.atomic():
        consent = ParentalConsent.objects.get(enrolment=brook.ada_enrolment)
        ConsentWithdrawal.objects.create(consent=consent, by="link")  # and the account goes on
        at_commit()
    with pytest.raises(IntegrityError), transaction.atomic():
        ParentalConsent.objects.filter(enrolment=brook.ada_enrolment).delete()
        at_commit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(child=brook.ada).update(child=None)
        at_commit()


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22")
def test_a_consent_is_never_rewritten(brook: School) -> None:
    consent = ParentalConsent.objects.filter(enrolment=brook.ada_enrolment)
    for change in ({"scope": "profile"}, {"evidence": "elsewhere"}, {"given_on": "2020-01-01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            consent.update(**change)
    consent.update(recorded_by=None)  # the teacher left


def test_no_consent_from_the_future_and_no_second_child_of_a_mark(brook: School) -> None:
    client = client_of(brook.tilda)
    path = reverse("school_class", args=[brook.first.public_id])
    late = {**FORM, "given_on": "2999-01-01"}
    assert client.post(path, late).status_code == 422
    again = {**FORM, "reference": "mark-reference-ada"}
    answer = client.post(path, again)
    assert answer.status_code == 422 and "Open its page" in answer.content.decode()
    assert answer.context["form"]["guardian_email"].value() == "mum@mail.example"
    assert Enrolment.objects.count() == 3


# Who may what ----------------------------------------------------------------------------


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_each_of_the_staff_opens_what_they_answer_for_and_nothing_else(brook: School) -> None:
    assert brook.olga.username == "olga"  # who coordinates the other school
    pages = {
        "school": reverse("school", args=[brook.partner.slug]),
        "first": reverse("school_class", args=[brook.first.public_id]),
        "ada": reverse("school_child", args=[brook.ada_enrolment.public_id]),
        "second": reverse("school_class", args=[brook.second.public_id]),
    }
    opens = {
        "karl": {"school", "first", "ada", "second"},
        "tilda": {"school", "first", "ada"},
        "omar": {"school", "second"},
        "olga": set(),
        "ada": set(),
        "ben": set(),
        "grete": set(),
    }
    people = {name: User.objects.get(username=name) for name in opens}
    missing = b""
    for name, allowed in opens.items():
        client = client_of(people[name])
        for key, path in pages.items():
            answer = client.get(path)
            if key in allowed:
                assert answer.status_code == 200, (name, key)
                continue
            assert answer.status_code in {403, 404}, (name, key)
            assert "mark-reference" not in answer.content.decode()
            assert (answer.status_code == 403) == people[name].is_child
            if name == "olga":
                ghost = path.replace(path.rstrip("/").split("/")[-1], "A" * 22)
                missing = client.get(ghost).content
                assert client.get(path).status_code == client.get(ghost).status_code == 404
    assert missing
    anonymous = Client()
    assert {anonymous.get(path).status_code for path in pages.values()} == {302}


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_who_stops_working_there_loses_sight_at_once(brook: School) -> None:
    client = client_of(brook.tilda)
    path = reverse("school_child", args=[brook.ada_enrolment.public_id])
    lesson = recorded(brook.tilda, [brook.tilda, brook.ada], audience="members")
    alone = recorded(brook.tilda, [brook.tilda], audience="members")
    pages = (path, "/@ada/", lesson.get_absolute_url())
    assert [client.get(one).status_code for one in pages] == [200, 200, 200]
    partners.dismiss(PartnerStaff.objects.get(user=brook.tilda))
    assert [client.get(one).status_code for one in pages] == [404, 404, 404]
    assert client.get(alone.get_absolute_url()).status_code == 200
    assert client_of(brook.grete).get(lesson.get_absolute_url()).status_code == 200
    sound = [name for name in Copy(brook.tilda).names if name.startswith("media/mixes/")]
    assert sound == [f"media/{Mix.objects.get(recording=alone).opus.name}"]


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_a_child_that_moves_is_seen_by_the_new_class_and_not_by_the_old(brook: School) -> None:
    client = client_of(brook.karl)
    path = reverse("move_child", args=[brook.ada_enrolment.public_id])
    client.post(path, {"to": brook.second.public_id})
    sees = {
        name: client_of(getattr(brook, name)).get("/@ada/").status_code
        for name in ("tilda", "ben", "omar", "cleo", "karl", "grete")
    }
    assert sees == {"tilda": 404, "ben": 404, "omar": 200, "cleo": 200, "karl": 200, "grete": 200}


def test_a_teacher_opens_a_class_and_makes_a_new_card(brook: School) -> None:
    client = client_of(brook.tilda)
    answer = client.post(reverse("school", args=[brook.partner.slug]), {"name": "7c", "term": ""})
    assert client.get(answer["Location"]).context["school_class"].name == "7c"
    child = client_of(brook.ada)
    assert child.get(reverse("jams")).context["user"] == brook.ada
    old = brook.ada.password
    card = client.post(reverse("renew_child_password", args=[brook.ada_enrolment.public_id]))
    brook.ada.refresh_from_db()
    assert brook.ada.check_password(card.context["password"]) and brook.ada.password != old


def test_the_page_of_a_class_costs_the_same_for_one_child_and_for_three(
    brook: School, django_assert_max_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    client = client_of(brook.omar)
    path = reverse("school_class", args=[brook.second.public_id])
    client.get(path)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
        for name in ("dora", "emil"):
            if number == 0:
                consented(brook.second, brook.omar, name)
    assert counts[0] == counts[1]


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22", "JK-23")
def test_when_a_partner_ends_every_childs_account_stops(brook: School) -> None:
    partners.end(brook.partner)
    at_commit()
    states = set(User.objects.filter(age_group="child").values_list("state", flat=True))
    assert states == {"suspended"}
    assert ClassSeat.objects.filter(part="child", ended=None).count() == 3
    assert (
        client_of(brook.karl).get(reverse("school", args=[brook.partner.slug])).status_code == 404
    )
    ends = set(ConsentWithdrawal.objects.values_list("by", flat=True))
    assert ends == {"ended"}
    assert Enrolment.objects.filter(delete_at__gt=timezone.now()).count() == 3


@pytest.mark.clause("children-seen")
def test_a_child_is_shown_no_door_that_is_closed_to_it(brook: School) -> None:
    client = client_of(brook.ada)
    doors = set()
    for path in ("/", "/settings/", "/settings/privacy/", "/settings/security/"):
        page = client.get(path).content.decode()
        main = page[page.index("<header") : page.index("<footer")]
        doors |= set(re.findall(r'href="(/[^"#?]*)', main))
    doors -= {one for one in doors if one.startswith("/static/")}
    assert {reverse("security_settings"), reverse("privacy_home"), reverse("held")} <= doors
    assert [one for one in sorted(doors) if client.get(one, follow=True).status_code != 200] == []


def test_only_a_consent_that_is_missing_can_be_recorded_anew(brook: School) -> None:
    client = client_of(brook.tilda)
    place = reverse("school_child", args=[brook.ada_enrolment.public_id])
    page = client.get(place).content.decode()
    assert re.findall(r'<option value="(programme|profile)"', page) == ["profile"]
    add = reverse("add_child_consent", args=[brook.ada_enrolment.public_id])
    given = {"scope": "profile", "method": "form", "evidence": EVIDENCE,
             "given_on": "2026-01-02"}  # fmt: skip
    assert client.post(add, given | {"scope": "programme"}).status_code == 422
    assert client.post(add, given).status_code == 302
    assert "add-title" not in client.get(place).content.decode()


def test_a_class_is_no_class_of_an_icon(brook: School) -> None:
    page = client_of(brook.tilda).get(reverse("school_class", args=[brook.first.public_id]))
    named = re.findall(r'<(?:svg|span|a)[^>]* class="([^"]*)"', page.content.decode())
    assert [one for one in named if brook.first.public_id in one] == []


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22")
def test_a_partner_that_was_entered_unverified_is_verified_later(db: None) -> None:
    manager = signed_in(member_of(roles.PARTNER_MANAGER))
    form = {"name": "Hill", "kind": "school", "country": "DE", "website": "", "evidence": ""}
    manager.post(reverse("admin:schools_partner_add"), form)
    hill = Partner.objects.get(name="Hill")
    assert hill.state == "draft"
    listed = reverse("admin:schools_partner_changelist")
    manager.post(listed, {"action": "start", "_selected_action": [str(hill.pk)]})
    assert Partner.objects.get(pk=hill.pk).state == "draft"  # not before it is verified
    page = open_page(manager, reverse("admin:schools_partner_change", args=[hill.pk]))
    path = reverse("admin:schools_partner_do", args=[hill.pk, "verify"])
    assert path in page.content.decode()
    assert manager.post(path, {"evidence": "I know them"}).status_code == 422
    said = {"evidence": "Called the number on the ministry's list of schools."}
    assert manager.post(path, said).status_code == 302
    hill.refresh_from_db()
    assert (hill.state, hill.evidence) == ("verified", said["evidence"])
    assert hill.verified_by is not None and hill.verified_at is not None
    open_page(manager, reverse("admin:schools_partner_change", args=[hill.pk]))
    manager.post(listed, {"action": "start", "_selected_action": [str(hill.pk)]})
    assert "Hill" in Client().get(reverse("partners")).content.decode()
