"""A report of a child's account: by anybody, without an account; deleted at once, with a record."""

from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jamsite import roles
from privacy import erasure
from privacy.models import Erasure, Receipt, Request, RequestStep, Tombstone
from sessions_app.models import Stem
from tests.cast import Cast, person, recorded
from tests.school import School
from tests.staff import member_of, open_page, signed_in
from tests.told import deliver

SAID = {"account": "tiny", "text": "mark-said I am the mother.", "address": "", "website": ""}


def report(**said: str) -> Request:
    assert Client().post(reverse("report_child"), {**SAID, **said}).status_code == 200
    return Request.objects.latest("pk")


def act(client: Client, row: Request, deed: str, **said: str) -> Any:
    open_page(client, reverse("admin:privacy_request_change", args=[row.pk]))
    return client.post(reverse("admin:privacy_request_act", args=[row.pk, deed]), said)


@pytest.mark.clause("children-reported")
@pytest.mark.promise("VJ-28")
def test_anybody_reports_without_an_account_or_an_address(db: None) -> None:
    assert Client().get(reverse("report_child")).status_code == 200
    row = report()
    assert (row.kind, row.state, row.law, row.user, row.address) == (
        "child", "open", "coppa", None, "",
    )  # fmt: skip
    assert "tiny" in row.text and "mark-said" in row.text
    left = row.answer_by - timezone.now()
    assert 2 <= left.days < 3
    assert (row.acknowledge_by - timezone.now()).days < 1
    known = Client().post(reverse("report_child"), {**SAID, "account": person("real").username})
    unknown = Client().post(reverse("report_child"), SAID)
    strip = lambda page: page.content.split(b"<main")[1]  # noqa: E731
    assert strip(known) == strip(unknown)


@pytest.mark.clause("children-reported")
@pytest.mark.promise("VJ-28")
def test_a_trap_for_machines_and_a_limit_that_is_stated(db: None) -> None:
    Client().post(reverse("report_child"), {**SAID, "website": "http://spam.example"})
    assert Request.objects.count() == 0
    answers = [Client().post(reverse("report_child"), SAID) for _number in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.clause("children-reported")
@pytest.mark.promise("JK-25", "MJ-04")
def test_the_account_is_deleted_at_once_with_a_record_that_names_nobody(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    tiny = person("tiny")
    take = recorded(tiny, [tiny], audience="public")
    sound = Stem.objects.get(player=tiny).file.name
    row = report(address="mum@mail.example")
    officer = member_of(roles.PRIVACY_OFFICER)
    with django_capture_on_commit_callbacks():
        assert act(signed_in(officer), row, "delete_child", username="tiny").status_code == 302
    made = Erasure.objects.get()
    assert (made.way, made.due_at <= timezone.now(), made.may_cancel) == ("child", True, False)
    assert Client().get("/@tiny/").status_code in {404, 410}
    assert Client().get(take.get_absolute_url()).status_code in {404, 410}
    with pytest.raises(erasure.TooLate):
        erasure.cancel(tiny)
    erasure.run(made.pk)
    assert not User.objects.filter(username="tiny").exists()
    assert not default_storage.exists(sound)
    row.refresh_from_db()
    assert (row.state, row.text) == ("answered", "")
    done = RequestStep.objects.get(request=row, kind="done")
    assert (done.detail, done.staff) == ("child deleted", officer)
    assert made.public_id in done.text
    made.refresh_from_db()
    assert (made.stage, made.user) == ("erased", None)
    body = Receipt.objects.get(erasure=made).body
    kept = [body, *RequestStep.objects.values_list("text", flat=True)]
    assert all("tiny" not in one and "mark-" not in one for one in kept)
    assert Tombstone.objects.filter(erasure=made).exists()  # a keyed hash: the name stays free
    deliver()
    to_mum = [str(one.body) for one in mail.outbox if one.to == ["mum@mail.example"]]
    assert len(to_mum) == 2 and all("tiny" not in one for one in to_mum)


@pytest.mark.clause("children-reported")
@pytest.mark.promise("MJ-04")
def test_staff_who_find_one_themselves_go_the_same_way(db: None) -> None:
    person("tiny")
    client = signed_in(member_of(roles.PRIVACY_OFFICER))
    empty = {"kind": "child", "address": "", "text": ""}
    assert client.post(reverse("admin:privacy_request_add"), empty).status_code == 200
    said = {**empty, "text": "tiny writes that they are nine"}
    assert client.post(reverse("admin:privacy_request_add"), said).status_code == 302
    row = Request.objects.get()
    assert (row.kind, row.channel, row.state) == ("child", "staff", "open")
    act(client, row, "delete_child", username="tiny")
    assert Erasure.objects.get().way == "child"


@pytest.mark.clause("children-reported")
def test_others_of_the_staff_delete_nobody(db: None) -> None:
    person("tiny")
    row = report()
    for role in (roles.SUPPORT, roles.PARTNER_MANAGER, roles.MODERATOR, roles.ADMINISTRATOR):
        client = signed_in(member_of(role))
        path = reverse("admin:privacy_request_act", args=[row.pk, "delete_child"])
        assert client.post(path, {"username": "tiny"}).status_code in {403, 404}
    assert Erasure.objects.count() == 0


def test_a_wrong_name_a_member_of_staff_and_a_child_with_consent_stay(db: None) -> None:
    brook = School()
    row = report()
    client = signed_in(member_of(roles.PRIVACY_OFFICER))
    for name in ("nobody-here", "privacy-officer", brook.ada.username):
        act(client, row, "delete_child", username=name)
    assert Erasure.objects.count() == 0
    assert Request.objects.get(pk=row.pk).state == "open"
    act(client, row, "extend", text="We would like to take a good deal longer for this.")
    assert Request.objects.get(pk=row.pk).extended_at is None
    act(client, row, "refuse", text="The account is an adult's.")
    assert Request.objects.get(pk=row.pk).state == "refused"


def test_a_report_is_no_choice_of_the_other_forms(cast: Cast) -> None:
    for client, name in ((Client(), "public_requests"), (cast.client("owner"), "requests")):
        page = client.get(reverse(name))
        kinds = [key for key, _label in page.context["form"].fields["kind"].choices]
        assert "child" not in kinds and "enquiry" in kinds
