"""Suspension: an act with a ground, words, an end; told, with a copy and an appeal."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identity.services import suspensions
from accounts.models import Suspension, User
from accounts.tasks import tidy
from jamsite import roles
from jamsite.suspended import OPEN
from privacy import erasure
from privacy.models import Export
from privacy.portability import export
from schools import urls
from schools.services import children
from sessions_app.services.mixing import heard_stems
from tests.cast import PASSWORD, Cast, just_signed_in, person, recorded
from tests.school import School
from tests.staff import member_of, open_page, signed_in
from tests.told import deliver

WHY = "Sold tickets for a concert that never was, in three chats."


def deed(row: Any, name: str) -> str:
    model = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{model}_do", args=[row.pk, name])


def suspended(cast: Cast, who: str = "owner", days: int = 7) -> Suspension:
    """Suspend somebody as a moderator does, on the pages of the staff."""
    moderator = signed_in(member_of(roles.MODERATOR, f"mo-{who}"))
    open_page(moderator, reverse("admin:accounts_user_change", args=[cast[who].pk]))
    said = {"ground": "rules", "days": days, "reason": WHY}
    assert moderator.post(deed(cast[who], "suspend"), said).status_code == 302
    return Suspension.objects.get(user=cast[who], ended_at=None)


@pytest.mark.clause("suspension")
@pytest.mark.promise("VJ-32")
def test_the_person_is_told_why_and_until_when_and_nobody_sees_them(cast: Cast) -> None:
    public = cast.recordings["public"].get_absolute_url()
    assert cast.client("stranger").get(public).status_code == 200
    row = suspended(cast)
    assert row.ends_at - row.begins_at == timedelta(days=7)
    deliver()
    (letter,) = [one for one in mail.outbox if one.to == ["owner@mail.example"]
                 and "suspended" in one.subject]  # fmt: skip
    for words in (WHY, "breaking the terms of service", "take a copy", "object"):
        assert words in letter.body
    assert "mo-owner" not in letter.body
    for role in ("stranger", "anonymous"):
        assert cast.client(role).get("/@owner/").status_code == 404
        assert cast.client(role).get(public).status_code == 404


@pytest.mark.clause("suspension")
@pytest.mark.promise("VJ-32")
def test_who_is_suspended_signs_in_reads_why_takes_a_copy_and_can_do_nothing_else(
    cast: Cast,
) -> None:
    suspended(cast)
    client = Client()
    client.post(reverse("account_login"), {"login": "owner", "password": PASSWORD})
    page = client.get(reverse("home"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("suspended")
    assert WHY in page.content.decode()
    assert "mo-owner" not in page.content.decode()
    for name in ("jams", "recordings", "conversations", "create_jam", "edit_profile", "find"):
        assert client.get(reverse(name))["Location"] == reverse("suspended")
    wrote = client.post(reverse("create_jam"), {"title": "x", "audience": "public"})
    assert wrote["Location"] == reverse("suspended")
    told = client.get(reverse("api_me"))
    assert (told.status_code, told["Content-Type"]) == (403, "application/problem+json")
    assert reverse("suspended") in told.json()["detail"]
    for name in ("exports", "held", "requests", "leave", "access_log", "policy", "consent"):
        assert client.get(reverse(name)).status_code == 200, name
    client.post(reverse("exports"))
    made = Export.objects.get(user=cast["owner"])
    export.run(made.pk)
    sent = client.get(reverse("export_download", args=[made.public_id]))
    assert b"".join(sent).startswith(b"PK")


@pytest.mark.clause("suspension")
@pytest.mark.promise("VJ-32")
def test_an_appeal_is_decided_by_somebody_else_and_told(cast: Cast) -> None:
    row = suspended(cast)
    client = cast.client("owner")
    assert client.post(reverse("suspended"), {"text": ""}).status_code == 422
    client.post(reverse("suspended"), {"text": "I never sold anything. Ask the others."})
    client.post(reverse("suspended"), {"text": "Once more."})
    row.refresh_from_db()
    assert row.appeal == "I never sold anything. Ask the others."
    said = {"lift": "yes", "text": "You are right; it was another account."}
    for who, right in (("mo-owner", False), ("mel", True)):
        staff = User.objects.filter(username=who).first() or member_of(roles.MODERATOR, who)
        other = signed_in(staff)
        open_page(other, reverse("admin:accounts_suspension_change", args=[row.pk]))
        assert other.post(deed(row, "decide"), said).status_code == (302 if right else 422)
        assert (User.objects.get(pk=cast["owner"].pk).state == "active") is right
    assert client.get(reverse("suspended"))["Location"] == reverse("home")
    assert cast.client("stranger").get("/@owner/").status_code == 200
    deliver()
    assert any("it was another account" in one.body for one in mail.outbox)
    assert other.post(deed(row, "decide"), said).status_code == 403  # there is nothing to decide


@pytest.mark.clause("suspension")
def test_an_answer_that_keeps_it_is_read_on_the_page(cast: Cast) -> None:
    row = suspended(cast)
    cast.client("owner").post(reverse("suspended"), {"text": "I never did."})
    suspensions.decide(row, person("mel"), answer="Three people showed us the chats.", lift=False)
    page = cast.client("owner").get(reverse("suspended")).content.decode()
    assert "Three people showed us the chats." in page and "<textarea" not in page
    with pytest.raises(suspensions.Refused):
        suspensions.decide(row, person("mia"), answer="Again.", lift=True)


@pytest.mark.clause("suspension")
def test_it_ends_by_itself_on_its_day_and_the_person_is_told(cast: Cast) -> None:
    row = suspended(cast, days=1)
    tidy()
    assert User.objects.get(pk=cast["owner"].pk).state == "suspended"
    over = timezone.now() - timedelta(seconds=1)
    Suspension.objects.filter(pk=row.pk).update(begins_at=over - timedelta(days=1), ends_at=over)
    tidy()
    tidy()
    assert User.objects.get(pk=cast["owner"].pk).state == "active"
    deliver()
    assert [one.subject for one in mail.outbox if "open again" in one.subject] != []


@pytest.mark.clause("suspension")
def test_without_ground_words_or_end_nobody_is_suspended(cast: Cast) -> None:
    moderator = signed_in(member_of(roles.MODERATOR))
    open_page(moderator, reverse("admin:accounts_user_change", args=[cast["owner"].pk]))
    good = {"ground": "rules", "days": 7, "reason": WHY}
    for wrong in ({"ground": ""}, {"days": ""}, {"days": 4000}, {"reason": "bad"}):
        answer = moderator.post(deed(cast["owner"], "suspend"), {**good, **wrong})
        assert answer.status_code == 422, wrong
    for staff in (member_of(roles.SUPPORT, "sue"), User.objects.get(username="moderator")):
        open_page(moderator, reverse("admin:accounts_user_change", args=[staff.pk]))
        assert moderator.post(deed(staff, "suspend"), good).status_code == 403
    assert not Suspension.objects.exists()
    suspended(cast)
    assert moderator.post(deed(cast["owner"], "suspend"), good).status_code == 403  # once


@pytest.mark.clause("suspension", "leaving")
def test_leaving_and_coming_back_is_no_way_out_of_it(cast: Cast) -> None:
    suspended(cast)
    erasure.request(cast["owner"])
    assert cast.client("owner").get(reverse("home"))["Location"] == reverse("leave")
    erasure.cancel(cast["owner"])
    assert User.objects.get(pk=cast["owner"].pk).state == "suspended"
    assert cast.client("owner").get(reverse("home"))["Location"] == reverse("suspended")


def test_a_child_is_suspended_and_stopped_apart_from_each_other(db: None) -> None:
    brook = School()
    row = suspensions.suspend(brook.ada, person("mo"), ground="rules", reason=WHY, days=7)
    children.withdraw(brook.ada_enrolment, by="link")
    suspensions.lift(row, person("mel"), "It was somebody else.")
    assert User.objects.get(pk=brook.ada.pk).state == "suspended"  # consent is missing still
    children.add_consent(
        brook.ada_enrolment, brook.tilda, scope="programme", method="form", evidence="sheet 2",
        given_on=timezone.localdate(),
    )  # fmt: skip
    assert User.objects.get(pk=brook.ada.pk).state == "active"
    suspensions.suspend(brook.ada, person("max"), ground="safety", reason=WHY, days=7)
    brook.ada.set_password(PASSWORD)
    User.objects.filter(pk=brook.ada.pk).update(password=brook.ada.password)
    answer = Client().post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 403 and WHY in answer.content.decode()


def test_a_suspended_parent_still_looks_after_their_child(db: None) -> None:
    brook = School()
    suspensions.suspend(brook.grete, person("mo"), ground="rules", reason=WHY, days=7)
    client = signed_in(brook.grete)
    just_signed_in(client)
    page = reverse("ward", args=[brook.ada.public_id])
    assert client.get(page).status_code == 200
    assert {one.name for one in urls.WARD} <= OPEN
    assert client.post(reverse("withdraw_ward", args=[brook.ada.public_id]))["Location"] == page
    assert brook.ada_enrolment.stopped_at is not None


def test_sound_of_who_is_suspended_is_out_of_mixes_and_comes_back(cast: Cast) -> None:
    """Also where the mix was made anew meanwhile: what was promised to be kept is heard again."""
    take = recorded(cast["owner"], [cast["owner"], cast["participant"]], audience="public")
    before = take.mixes.get(withdrawn_at=None)
    staff = person("keeper", is_staff=True)
    ground = Suspension.Ground.choices[0][0]
    row = suspensions.suspend(
        cast["participant"], staff, ground=ground, reason="mark-reason" * 3, days=1
    )
    during = take.mixes.get(withdrawn_at=None)
    assert during != before
    heard = set(heard_stems(take).values_list("player__username", flat=True))
    assert heard == {"owner"}
    suspensions.lift(row, staff, "mark-because it is over")
    assert take.mixes.get(withdrawn_at=None) != during
    heard = set(heard_stems(take).values_list("player__username", flat=True))
    assert heard == {"owner", "participant"}
