"""When a parent no longer answers: who is told, who can instead, what happens if nobody does."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jamsite import roles
from privacy import erasure
from privacy.models import Erasure, Notice
from schools import parent_links
from schools.models import Enrolment, Guardianship
from schools.services import children, guardians, guardianship
from schools.tasks import tidy
from tests.accounts.app import App
from tests.accounts.test_schools import client_of
from tests.cast import PASSWORD, person
from tests.school import School
from tests.staff import member_of, open_page, signed_in
from tests.told import deliver


@pytest.fixture
def brook(db: None) -> School:
    made = School()
    Enrolment.objects.filter(child=made.ada).update(accepted_at=timezone.now())
    return made


def ward(child: User, action: str = "ward") -> str:
    """Return the address of a child's page, or of what its guardian does there."""
    return reverse(action, args=[child.public_id])


def connect(adult: User, place: Enrolment) -> None:
    """Let an adult connect their account by the link in the letters."""
    link = reverse("connect_by_link", args=[parent_links.token_of(place)])
    client_of(adult).post(link)


def told(child: User) -> str:
    """Return what a child reads on its page of news."""
    return client_of(child).get(reverse("notices")).content.decode()


def days_later(brook: School, days: int) -> None:
    """Let days pass for the place of Ada: what is due comes nearer."""
    place, shift = brook.ada_enrolment, timedelta(days=days)
    for name in ("answer_by", "stopped_at", "delete_at"):
        at = getattr(place, name)
        setattr(place, name, at - shift if at else None)
    place.save()


# The whole way ---------------------------------------------------------------------------


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-23")
def test_a_parent_leaves_nobody_answers_and_the_account_stops_and_goes_after_notice(
    brook: School,
) -> None:
    client = client_of(brook.grete)
    page = client.get(reverse("leave")).content.decode()
    assert ward(brook.ada) in page and "Children you answer for" in page
    client.post(reverse("leave"), {"password": PASSWORD})
    deliver()
    place = brook.ada_enrolment
    assert place.answer_by is not None and place.accepted_at is None
    assert User.objects.get(pk=brook.ada.pk).state == "active"  # nothing stops in that moment
    assert "grete is leaving Jamsite" in told(brook.ada)
    assert "You did nothing wrong" in told(brook.ada)
    subjects = {to: one.subject for one in mail.outbox for to in one.to}
    school = "[Jamsite] Nobody answers for a child of your class any more"
    assert (subjects["tilda@mail.example"], subjects["karl@mail.example"]) == (school, school)
    assert "Who answers for your child" in subjects["parent-of-ada@mail.example"]
    assert not {"omar@mail.example", "ada@mail.example"} & set(subjects)
    shown = client_of(brook.tilda).get(reverse("school_child", args=[place.public_id]))
    assert "Nobody answers for this child any more" in shown.content.decode()
    # a week before: once more, and once only
    days_later(brook, 24)
    mail.outbox.clear()
    tidy()
    tidy()
    deliver()
    again = [one.to[0] for one in mail.outbox if "stops soon" in one.subject]
    assert sorted(again) == ["karl@mail.example", "tilda@mail.example"]
    # the day: everything stops, as when consent is taken back
    days_later(brook, 7)
    mail.outbox.clear()
    tidy()
    deliver()
    ada = User.objects.get(pk=brook.ada.pk)
    place = brook.ada_enrolment
    assert (ada.state, place.answer_by) == ("suspended", None)
    assert place.delete_at is not None and place.delete_at > timezone.now() + timedelta(days=29)
    assert "parent-of-ada@mail.example" in {one.to[0] for one in mail.outbox}
    # and goes for good
    days_later(brook, 31)
    assert children.let_go(10) == 1
    row = Erasure.objects.get(user=ada)
    erasure.run(row.pk)
    assert not User.objects.filter(pk=ada.pk).exists()


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-23")
def test_a_parent_who_stays_after_all_answers_again(brook: School) -> None:
    erasure.request(brook.grete)
    assert brook.ada_enrolment.answer_by is not None
    erasure.cancel(brook.grete)
    assert brook.ada_enrolment.answer_by is None
    assert "It goes on as before" in told(brook.ada)
    assert client_of(brook.grete).get(ward(brook.ada)).status_code == 200


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-23")
def test_another_adult_answers_by_a_link_of_the_first_and_nothing_stops(brook: School) -> None:
    client = client_of(brook.grete)
    client.post(ward(brook.ada, "invite_guardian"))
    page = client.get(ward(brook.ada))
    link = page.context["invite_url"]
    assert client.get(ward(brook.ada)).context["invite_url"] == ""  # shown once
    path = "/" + link.split("/", 3)[3]
    assert "ada" not in Client().get(path).content.decode()
    young, dad, other = person("young", age_group="teen"), person("dad"), person("other")
    assert client_of(young).post(path).status_code == 409
    assert client_of(dad).post(path)["Location"] == ward(brook.ada)
    assert client_of(other).post(path).status_code == 409  # it works once
    assert client_of(other).get(ward(brook.ada)).status_code == 404
    assert client_of(dad).get(ward(brook.ada)).status_code == 200
    assert "dad looks after your account too" in told(brook.ada)
    erasure.request(brook.grete)
    assert brook.ada_enrolment.answer_by is None
    assert "nothing else changes for you" in told(brook.ada)


@pytest.mark.clause("children-orphans")
def test_a_link_ends_with_who_made_it_and_with_its_days(brook: School, monkeypatch: Any) -> None:
    token = guardians.invitation(brook.ada, brook.grete)
    dad = person("dad")
    monkeypatch.setattr(guardians, "INVITED_FOR", timedelta(seconds=-1))
    with pytest.raises(children.Refused):
        guardians.join(token, dad)
    monkeypatch.undo()
    guardianship.end(brook.tie, by="guardian")
    with pytest.raises(children.Refused):
        guardians.join(token, dad)
    for false in ("x", token[:-2], parent_links.token_of(brook.ada_enrolment)):
        assert client_of(dad).post(reverse("guardian_link", args=[false])).status_code == 409


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-22", "JK-23")
def test_the_school_asks_anew_and_the_account_goes_on_with_another_parent(brook: School) -> None:
    """Within the days, and after the account stopped."""
    place = brook.ada_enrolment
    old = parent_links.path_of(place)
    path = reverse("change_child_parent", args=[place.public_id])
    said = {"guardian_email": "Aunt@mail.example", "method": "call",
            "evidence": "sheet 8", "given_on": "2026-11-20"}  # fmt: skip
    client = client_of(brook.tilda)
    refused = client.post(path, said, follow=True)
    assert "End that first" in refused.content.decode()  # somebody answers still
    guardianship.end(brook.tie, by="guardian", person=brook.grete)
    days_later(brook, 31)
    tidy()
    assert User.objects.get(pk=brook.ada.pk).state == "suspended"
    assert client.post(path, {**said, "evidence": ""}).status_code == 422
    assert client.post(path, said).status_code == 302
    place = brook.ada_enrolment
    assert User.objects.get(pk=brook.ada.pk).state == "active"
    assert (place.guardian_email, place.answer_by, place.stopped_at) == (
        "aunt@mail.example", None, None,
    )  # fmt: skip
    assert place.consents.count() == 2
    assert Client().get(old).status_code == 404
    deliver()
    assert "aunt@mail.example" in {one.to[0] for one in mail.outbox}
    aunt = person("aunt")
    connect(aunt, place)
    assert client_of(aunt).get(ward(brook.ada)).status_code == 200


@pytest.mark.clause("children-orphans")
def test_the_other_parent_connects_by_the_link_in_the_letter(brook: School) -> None:
    guardianship.end(brook.tie, by="guardian", person=brook.grete)
    dad = person("dad")
    connect(dad, brook.ada_enrolment)
    assert client_of(dad).get(ward(brook.ada)).status_code == 200
    assert brook.ada_enrolment.answer_by is None


# Ended by the guardian, the school, our staff --------------------------------------------


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-23")
def test_a_guardian_ends_it_and_the_child_is_told_in_plain_words(brook: School) -> None:
    client = client_of(brook.grete)
    stale = Client()
    stale.force_login(brook.grete, backend="accounts.sign_in.backends.Backend")
    assert stale.post(ward(brook.ada, "stop_answering")).status_code == 302  # who are you?
    assert Guardianship.objects.filter(ended=None).count() == 1
    client.post(ward(brook.ada, "stop_answering"))
    row = Guardianship.objects.get()
    assert (row.ended_by, row.ended is not None) == ("guardian", True)
    assert client.get(ward(brook.ada)).status_code == 404
    assert "grete said that they don&#x27;t look after your account any more" in told(brook.ada)
    assert not Notice.objects.filter(user=brook.ada).exclude(status="done").exists()  # no mail


@pytest.mark.clause("children-orphans")
@pytest.mark.promise("JK-23")
def test_the_school_ends_it_with_a_reason_and_their_link_ends_too(brook: School) -> None:
    place = brook.ada_enrolment
    Enrolment.objects.filter(pk=place.pk).update(guardian_email="grete@mail.example")
    link = parent_links.path_of(brook.ada_enrolment)
    path = reverse("end_guardianship", args=[place.public_id])
    said = {
        "tie": str(brook.tie.pk),
        "because": "A court gave custody to somebody else.",
    }
    for other in (brook.omar, brook.grete, person("stranger")):
        assert client_of(other).post(path, said).status_code == 404
    client = client_of(brook.tilda)
    assert client.post(path, {**said, "because": ""}).status_code == 422
    assert client.post(path, {**said, "tie": "0"}).status_code == 422
    assert client.post(path, said).status_code == 302
    row = Guardianship.objects.get()
    assert (row.ended_by, row.because) == ("school", said["because"])
    assert client_of(brook.grete).get(ward(brook.ada)).status_code == 404
    assert Client().get(link).status_code == 404
    assert "Your school says" in told(brook.ada)
    assert said["because"] not in told(brook.ada)  # which is for who it is about
    assert said["because"] in client_of(brook.grete).get(reverse("notices")).content.decode()
    # nor do they come back by another letter or another guardian's link
    Enrolment.objects.filter(pk=place.pk).update(guardian_email="grete@mail.example")
    connect(brook.grete, brook.ada_enrolment)
    dad = person("dad")
    guardianship.answer_for(dad, brook.ada)
    with pytest.raises(children.Refused):
        guardians.join(guardians.invitation(brook.ada, dad), brook.grete)
    assert list(guardianship.standing(brook.ada).values_list("guardian__username", flat=True)) == [
        "dad"
    ]


@pytest.mark.clause("children-orphans", "staff-looks")
@pytest.mark.promise("JK-23")
def test_our_staff_ends_it_with_a_reason(brook: School) -> None:
    path = reverse("admin:schools_guardianship_do", args=[brook.tie.pk, "end"])
    said = {"text": "The school showed us the court's order."}
    support = signed_in(member_of(roles.SUPPORT))
    assert support.post(path, said).status_code == 403
    manager = signed_in(member_of(roles.PARTNER_MANAGER))
    manager.post(path, said)  # no reason for looking was given
    assert Guardianship.objects.filter(ended=None).count() == 1
    open_page(manager, reverse("admin:schools_guardianship_change", args=[brook.tie.pk]))
    assert manager.post(path, {"text": "no"}).status_code == 422
    assert manager.post(path, said).status_code == 302
    row = Guardianship.objects.get()
    assert (row.ended_by, row.because) == ("staff", said["text"])
    assert "We ended it" in told(brook.ada)
    assert brook.ada_enrolment.answer_by is not None


# Why, at sign-in -------------------------------------------------------------------------


@pytest.mark.clause("children-parents")
@pytest.mark.promise("JK-23")
@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("link", "Your parent said that you may not use it any more."),
        ("school", "Your school stopped it, because your parent asked for that."),
        ("staff", "We stopped it, because your parent asked for that."),
        ("ended", "The lessons of your school with Jamsite have ended."),
        ("nobody", "No grown-up looks after your account at the moment."),
    ],
)
def test_a_child_is_told_at_sign_in_why_its_account_is_stopped(
    brook: School, by: str, words: str
) -> None:
    children.withdraw(brook.ada_enrolment, by=by)
    brook.ada.set_password(PASSWORD)
    User.objects.filter(pk=brook.ada.pk).update(password=brook.ada.password)
    client = Client()
    wrong = client.post(reverse("account_login"), {"login": "ada", "password": "guessed it"})
    assert words not in wrong.content.decode()  # not to somebody else
    answer = client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    page = answer.content.decode().replace("&#x27;", "'")
    assert words in page and "You did nothing wrong" in page
    assert not client.get(reverse("jams")).context["user"].is_authenticated


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("children-parents")
def test_an_app_is_told_the_same(live_server: Any) -> None:
    brook = School()
    children.withdraw(brook.ada_enrolment, by="link")
    brook.ada.set_password(PASSWORD)
    User.objects.filter(pk=brook.ada.pk).update(password=brook.ada.password)
    answer = App(live_server.url).auth("POST", "/auth/login", username="ada", password=PASSWORD)
    assert (answer.status, answer.codes) == (403, ["account_stopped"])
    assert answer.json["errors"][0]["message"].startswith("Your parent said")
