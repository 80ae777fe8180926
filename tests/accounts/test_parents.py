"""A parent: sees, corrects, copies, deletes, ends; with an account, or by the link."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy import erasure
from privacy.models import ConsentRecord, Erasure, Export, Receipt
from privacy.portability import export
from schools import parent_links
from schools.models import ClassSeat, ConsentWithdrawal, Enrolment, Guardianship
from schools.services import children, guardians
from sessions_app.models import JamSession, Mix, Participant, Recording, Stem
from sessions_app.services import sessions
from tests.accounts.test_schools import at_commit, client_of
from tests.cast import PASSWORD, person, recorded
from tests.school import School, consented
from tests.told import deliver


@pytest.fixture
def brook(db: None) -> School:
    return School()


def ward_of(child: User, action: str = "ward") -> str:
    """Return the address of a child's page, or of what its guardian does there."""
    return reverse(action, args=[child.public_id])


def by_link(place: Enrolment, action: str) -> str:
    return reverse(action, args=[parent_links.token_of(place)])


# Connecting ------------------------------------------------------------------------------


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_the_link_in_the_letter_connects_one_account_of_an_adult(brook: School) -> None:
    place = Enrolment.objects.get(child=brook.ben)
    path, connect = parent_links.path_of(place), by_link(place, "connect_by_link")
    assert "ben" not in Client().get(path).content.decode().replace("number", "")
    young = person("young", age_group="teen")
    assert client_of(young).post(connect)["Location"] == path
    mum, other = person("mum"), person("other")
    assert client_of(mum).post(connect)["Location"] == ward_of(brook.ben)
    client_of(mum).post(connect)
    client_of(other).post(connect)
    found = Guardianship.objects.filter(child=brook.ben).values_list("guardian__username", "ended")
    assert list(found) == [("mum", None)]
    assert client_of(mum).get("/@ben/").status_code == 200
    assert client_of(other).get("/@ben/").status_code == 404


def test_a_false_link_and_one_to_an_older_address_open_nothing(brook: School) -> None:
    place = brook.ada_enrolment
    path = parent_links.path_of(place)
    assert Client().get(path).status_code == 200
    assert Client().get(path.replace(place.public_id, "A" * 22)).status_code == 404
    Enrolment.objects.filter(pk=place.pk).update(guardian_email="new@mail.example")
    assert Client().get(path).status_code == 404


# The page --------------------------------------------------------------------------------


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23", "JT-02")
def test_the_guardian_sees_all_that_is_held_and_nobody_else_does(brook: School) -> None:
    recorded(brook.ada, [brook.ada], audience="me")
    page = client_of(brook.grete).get(ward_of(brook.ada))
    kinds = {kind.slug for _why, found in page.context["groups"] for kind in found}
    assert {"accounts-user", "schools-enrolment", "schools-parentalconsent",
            "sessions-app-recording", "sessions-app-stem"} <= kinds  # fmt: skip
    one = reverse("ward_held", args=[brook.ada.public_id, "sessions-app-recording"])
    assert "mark-title-ada-me" in client_of(brook.grete).get(one).content.decode()
    consents = reverse("ward_held", args=[brook.ada.public_id, "schools-parentalconsent"])
    assert "mark-evidence-ada" in client_of(brook.grete).get(consents).content.decode()
    for other in (brook.tilda, brook.karl, brook.omar, person("stranger")):
        client = client_of(other)
        for path in (ward_of(brook.ada), one, consents):
            assert client.get(path).status_code == 404, other.username
            assert client.get(path.replace(brook.ada.public_id, "A" * 22)).status_code == 404
    for other in (brook.ada, brook.ben):
        assert client_of(other).get(ward_of(brook.ada)).status_code == 403
    assert client_of(brook.grete).get(ward_of(brook.ben)).status_code == 404
    assert client_of(brook.grete).get(reverse("wards"))["Location"] == ward_of(brook.ada)


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_the_guardian_corrects_the_username(brook: School) -> None:
    client = client_of(brook.grete)
    answer = client.post(ward_of(brook.ada, "rename_ward"), {"username": "ben"})
    assert answer.status_code == 422
    assert answer.context["form"]["username"].value() == "ben"
    client.post(ward_of(brook.ada, "rename_ward"), {"username": "bright-owl"})
    brook.ada.refresh_from_db()
    assert brook.ada.username == "bright-owl"


@pytest.mark.clause("children-parents", "export")
@pytest.mark.promise("JK-23")
def test_the_guardian_takes_a_copy_and_nobody_else_fetches_it(brook: School) -> None:
    client = client_of(brook.grete)
    client.post(ward_of(brook.ada, "order_ward_copy"))
    made = Export.objects.get(user=brook.ada)
    export.run(made.pk)
    page = client.get(ward_of(brook.ada))
    (copy,) = page.context["copies"]
    sent = client.get(copy["download_url"])
    assert sent.status_code == 200
    assert b"".join(sent).startswith(b"PK")
    assert client_of(brook.tilda).get(copy["download_url"]).status_code == 404
    wrong = copy["download_url"].replace(made.public_id, "A" * 22)
    assert client.get(wrong).status_code == 404
    stale = Client()
    stale.force_login(brook.grete, backend="accounts.sign_in.backends.Backend")
    assert stale.get(copy["download_url"]).status_code == 302  # who are you?


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_deleting_has_days_to_think_again_unless_it_is_to_be_now(brook: School) -> None:
    client = client_of(brook.grete)
    client.post(ward_of(brook.ada, "delete_ward"))
    row = Erasure.objects.get(user=brook.ada)
    assert (row.way, row.purge_at > timezone.now() + timedelta(days=1)) == ("guardian", True)
    assert client_of(brook.ben).get("/@ada/").status_code in {404, 410}
    client.post(ward_of(brook.ada, "keep_ward"))
    assert User.objects.get(pk=brook.ada.pk).state == "active"
    at_commit()
    client.post(ward_of(brook.ada, "delete_ward"), {"at_once": "on"})
    row = Erasure.objects.get(user=brook.ada, stage__in=["hidden", "grace"])
    assert row.way == "parent"
    client.post(ward_of(brook.ada, "keep_ward"))
    assert User.objects.get(pk=brook.ada.pk).state == "leaving"
    erasure.run(row.pk)
    assert not User.objects.filter(pk=brook.ada.pk).exists()
    assert not Enrolment.objects.filter(reference="mark-reference-ada").exists()
    assert User.objects.filter(pk__in=[brook.ben.pk, brook.grete.pk]).count() == 2
    deliver()
    receipts = [one for one in mail.outbox if one.to == ["parent-of-ada@mail.example"]]
    assert any("receipt" in str(one.subject) for one in receipts)


def test_an_erasure_with_days_is_overtaken_by_one_without(brook: School) -> None:
    slow = guardians.delete(brook.ada, at_once=False)
    fast = guardians.delete(brook.ada, at_once=True)
    assert slow.pk == fast.pk
    row = Erasure.objects.get(pk=slow.pk)
    assert (row.way, row.due_at <= timezone.now(), row.may_cancel) == ("parent", True, False)


# Taking consent back ---------------------------------------------------------------------


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_taking_consent_back_stops_everything_in_that_moment(
    brook: School, django_capture_on_commit_callbacks: Any
) -> None:
    child = client_of(brook.ada)
    assert child.get(reverse("jams")).context["user"] == brook.ada
    jam = JamSession.objects.create(host=brook.tilda, audience="participants")
    for one in (brook.tilda, brook.ada):
        Participant.objects.create(session=jam, user=one)
    take = recorded(brook.tilda, [brook.tilda, brook.ada], audience="participants", session=jam)
    running = Recording.objects.create(session=jam, owner=brook.tilda, state="recording",
                                       starts_at_ms=0.0)  # fmt: skip
    running.consents.create(user=brook.ada, answer="yes", text_version="x")
    capturing = Stem.objects.create(recording=running, player=brook.ada)
    copy = Export.objects.create(user=brook.ada)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(brook.grete).post(ward_of(brook.ada, "withdraw_ward"))
    at_commit()
    brook.ada.refresh_from_db()
    place = brook.ada_enrolment
    assert brook.ada.state == "suspended"
    assert place.stopped_at is not None and place.delete_at is not None
    assert place.delete_at - place.stopped_at == timedelta(days=30)
    # no sign-in: neither the open one nor a new one
    assert not child.get(reverse("jams")).context["user"].is_authenticated
    brook.ada.set_password(PASSWORD)
    brook.ada.save()
    again = Client()
    again.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert not again.get(reverse("jams")).context["user"].is_authenticated
    # nothing runs on, nothing is made
    running.refresh_from_db()
    capturing.refresh_from_db()
    copy.refresh_from_db()
    assert (running.state, capturing.state) == ("uploading", "withdrawn")
    assert copy.status == "cancelled"
    assert Mix.objects.filter(recording=take, withdrawn_at=None, status="waiting").count() == 1
    # nobody sees it, the school and the guardian included
    for other in (brook.ben, brook.tilda, brook.karl, brook.grete):
        assert client_of(other).get("/@ada/").status_code == 404
    # but the guardian's own page goes on telling what there is
    page = client_of(brook.grete).get(ward_of(brook.ada))
    assert page.status_code == 200 and page.context["place"].delete_at == place.delete_at


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_a_new_verified_consent_lets_it_go_on_and_nothing_else_does(brook: School) -> None:
    place = brook.ada_enrolment
    assert children.withdraw(place, by="link")
    assert not children.withdraw(place, by="link")  # idempotent
    with pytest.raises(children.Refused):
        children.renew_password(place)
    client = client_of(brook.tilda)
    path = reverse("add_child_consent", args=[place.public_id])
    said = {"scope": "profile", "method": "call", "evidence": "sheet 3",
            "given_on": "2026-11-20"}  # fmt: skip
    client.post(path, said)
    assert User.objects.get(pk=brook.ada.pk).state == "suspended"
    client.post(path, {**said, "scope": "programme"})
    at_commit()
    place.refresh_from_db()
    assert User.objects.get(pk=brook.ada.pk).state == "active"
    assert (place.stopped_at, place.delete_at) == (None, None)
    assert client_of(brook.ben).get("/@ada/").status_code == 200
    assert ConsentWithdrawal.objects.count() == 1  # what was said stays said


@pytest.mark.clause("children-parents", "how-long")
@pytest.mark.promise("JK-23")
def test_without_new_consent_what_was_collected_goes_after_thirty_days(brook: School) -> None:
    place = brook.ada_enrolment
    children.withdraw(place, by="link")
    assert children.let_go(10) == 0
    Enrolment.objects.filter(pk=place.pk).update(delete_at=timezone.now() - timedelta(seconds=1))
    assert (children.let_go(10), children.let_go(10)) == (1, 0)
    row = Erasure.objects.get(user=brook.ada)
    assert row.way == "consent"
    erasure.run(row.pk)
    assert not User.objects.filter(username="ada").exists()
    assert Receipt.objects.filter(erasure=row.pk).count() == 1


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
def test_a_parent_without_account_takes_consent_back_and_deletes_by_the_link(
    brook: School,
) -> None:
    path = parent_links.path_of(brook.ada_enrolment)
    page = Client().get(path)
    assert "mark-evidence" not in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    Client().post(by_link(brook.ada_enrolment, "withdraw_by_link"))
    assert User.objects.get(pk=brook.ada.pk).state == "suspended"
    Client().post(by_link(brook.ada_enrolment, "delete_by_link"))
    row = Erasure.objects.get(user=brook.ada)
    assert row.way == "parent" and row.due_at <= timezone.now()
    unborn = consented(brook.first, brook.tilda, "dora")
    Client().post(by_link(unborn, "delete_by_link"))
    assert not Enrolment.objects.filter(pk=unborn.pk).exists()


@pytest.mark.clause("children-partners")
@pytest.mark.promise("JK-22", "JK-24")
def test_a_picture_and_words_need_a_consent_of_their_own(brook: School) -> None:
    client = client_of(brook.ada)
    assert client.get(reverse("edit_profile")).status_code == 403
    place = brook.ada_enrolment
    children.add_consent(
        place, brook.tilda, scope="profile", method="form", evidence="sheet 2",
        given_on=timezone.localdate(),
    )  # fmt: skip
    assert client.get(reverse("edit_profile")).status_code == 200
    client_of(brook.grete).post(ward_of(brook.ada, "withdraw_ward_profile"))
    assert client.get(reverse("edit_profile")).status_code == 403
    assert User.objects.get(pk=brook.ada.pk).state == "active"  # the lessons go on


def test_a_child_that_is_stopped_and_kept_after_all_stays_stopped(brook: School) -> None:
    guardians.delete(brook.ada, at_once=False)
    children.withdraw(brook.ada_enrolment, by="guardian", person=brook.grete)
    guardians.keep(brook.ada)
    at_commit()
    assert User.objects.get(pk=brook.ada.pk).state == "suspended"


@pytest.mark.clause("children-seen")
@pytest.mark.promise("JK-24")
def test_nothing_optional_is_done_with_a_childs_data_whatever_is_ticked(brook: School) -> None:
    from privacy import consent
    from privacy.consent import purposes

    for one in purposes.purposes():
        assert consent.give(brook.ada, one.key, channel="settings") is None
        assert not consent.has(brook.ada, one.key)
        assert brook.ada not in set(consent.willing(one.key))
    assert not ConsentRecord.objects.filter(user=brook.ada).exists()


def test_a_full_class_and_a_taken_username_say_so_and_leave_nothing(brook: School) -> None:
    place = consented(brook.first, brook.tilda, "dora")
    client = client_of(brook.tilda)
    path = reverse("create_child_account", args=[place.public_id])
    answer = client.post(path, {"username": "ada"})
    assert answer.status_code == 422
    assert answer.context["forms"]["account"]["username"].value() == "ada"
    ClassSeat.objects.bulk_create(
        ClassSeat(school_class=brook.first, user=person(f"pupil{n}"), part="teacher")
        for n in range(children.MAX_SEATS)
    )
    assert client.post(path, {"username": "dora"}).status_code == 422
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("children-parents")
def test_a_withdrawal_and_a_new_account_that_meet_leave_no_child_without_consent() -> None:
    """Two threads, many rounds: whoever comes first, the end is lawful."""
    from schools.services import partners
    from tests.school import school, teacher

    partner = school()
    tilda = teacher("tilda", partner)
    school_class = partners.open_class(partner, name="5b", teacher=tilda)
    for number in range(4):
        place = consented(school_class, tilda, f"kid{number}")
        gate = threading.Barrier(2)
        faults: list[str] = []

        def act(what: Any, gate: Any = gate, faults: Any = faults) -> None:
            gate.wait()
            try:
                what()
            except children.Refused:
                pass
            except Exception as fault:
                faults.append(repr(fault))
            finally:
                connection.close()

        makes = lambda place=place, n=number: children.create_account(place, f"kid{n}")  # noqa: E731
        ends = lambda place=place: children.withdraw(place, by="link")  # noqa: E731
        threads = [threading.Thread(target=act, args=[one]) for one in (makes, ends)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert faults == []
        made = User.objects.filter(username=f"kid{number}").first()
        assert made is None or made.state == "suspended"


def test_sessions_of_a_child_are_for_its_circle(brook: School) -> None:
    jam = sessions.open_session(brook.ada, title="x", about="", audience="public")
    assert jam.audience == "members"
    with pytest.raises(sessions.NoSeat):
        sessions.join(jam, person("stranger"))
    sessions.join(jam, brook.ben)
    outside = sessions.open_session(person("outsider"), title="y", about="", audience="public")
    with pytest.raises(sessions.NoSeat):
        sessions.join(outside, brook.ada)
