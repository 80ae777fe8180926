"""Staff give a reason before they look, and the person reads it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jamsite import roles
from privacy import datamap
from privacy.datamap import retention_job
from privacy.models import AccessLogEntry, Notice
from privacy.staff_access.require_reason import RequiresReason
from tests.cast import Cast, person
from tests.staff import REASON, member_of, open_page, signed_in


@pytest.fixture
def support(cast: Cast) -> Client:
    return signed_in(member_of(roles.SUPPORT, "sam"))


def page_of(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def earlier(**time: float) -> None:
    """Let time pass for looks: the trigger lets nothing be changed, so rows are made anew."""
    rows = list(AccessLogEntry.objects.all())
    AccessLogEntry.objects.all().delete()
    for row in rows:
        row.at = row.at - timedelta(**time)
    field: Any = AccessLogEntry._meta.get_field("at")
    field.auto_now_add = False
    try:
        AccessLogEntry.objects.bulk_create(rows)
    finally:
        field.auto_now_add = True


@pytest.mark.clause("staff-looks")
@pytest.mark.promise("VJ-16")
def test_a_page_about_a_person_asks_for_a_reason_and_the_person_reads_it(
    cast: Cast, support: Client
) -> None:
    path = page_of(cast["owner"])
    asked = support.get(path).content.decode()
    assert "give-reason" in asked
    assert "owner@mail.example" not in asked and cast["owner"].public_id not in asked
    assert AccessLogEntry.objects.count() == 0
    assert support.post(path, REASON).status_code == 302
    assert "owner@mail.example" in support.get(path).content.decode()
    entry = AccessLogEntry.objects.get()
    assert (entry.user, entry.staff.username, entry.role) == (cast["owner"], "sam", roles.SUPPORT)
    page = cast.client("owner").get(reverse("access_log")).content.decode()
    for text in ("Your account", "Support", "to help with a problem", REASON["reason"]):
        assert text in page
    assert re.search(r"\bsam\b", page) is None
    other = cast.client("stranger").get(reverse("access_log")).content.decode()
    assert REASON["reason"] not in other and "Nobody looked" in other


@pytest.mark.clause("staff-looks")
@pytest.mark.parametrize("reason", [{"reason": ""}, {"reason": "help"}, {"why": "curiosity"}])
def test_without_a_real_reason_nothing_opens(
    cast: Cast, support: Client, reason: dict[str, str]
) -> None:
    answer = support.post(page_of(cast["owner"]), {**REASON, **reason})
    assert answer.status_code == 422
    assert "owner@mail.example" not in answer.content.decode()
    assert AccessLogEntry.objects.count() == 0


def test_a_reason_holds_for_one_page_one_member_of_staff_and_a_quarter_of_an_hour(
    cast: Cast, support: Client
) -> None:
    open_page(support, page_of(cast["owner"]))
    other = signed_in(member_of(roles.SUPPORT, "susan"))
    assert "give-reason" in support.get(page_of(cast["stranger"])).content.decode()
    assert "give-reason" in other.get(page_of(cast["owner"])).content.decode()
    earlier(minutes=14)
    assert "give-reason" not in support.get(page_of(cast["owner"])).content.decode()
    earlier(minutes=2)
    assert "give-reason" in support.get(page_of(cast["owner"])).content.decode()


def test_a_form_that_was_open_too_long_saves_nothing(cast: Cast) -> None:
    boss = signed_in(member_of(roles.ADMINISTRATOR, "ada"))
    path = page_of(cast["owner"])
    open_page(boss, path)
    earlier(minutes=59)
    deed = reverse("admin:accounts_user_do", args=[cast["owner"].pk, "rights"])
    said = {"because": "They begin on Monday."}
    assert boss.post(deed, {**said, "wanted": [roles.SUPPORT]}).status_code == 302
    earlier(minutes=2)
    late = boss.post(deed, said).content.decode()
    assert "The page was open too long" in late
    cast["owner"].refresh_from_db()
    assert cast["owner"].is_staff


def test_a_page_about_several_people_is_told_to_each(cast: Cast) -> None:
    boss = signed_in(User.objects.create_superuser("root1", "root1@mail.example", "x" * 12))
    talk = cast.conversation("owner", "stranger")
    open_page(boss, reverse("admin:messaging_conversation_change", args=[talk.pk]))
    assert set(AccessLogEntry.objects.values_list("user__username", flat=True)) == {
        "owner",
        "stranger",
    }
    assert set(AccessLogEntry.objects.values_list("role", flat=True)) == {"administrator"}


def test_the_history_of_a_row_asks_as_well(cast: Cast, support: Client) -> None:
    path = reverse("admin:accounts_user_history", args=[cast["owner"].pk])
    assert "give-reason" in support.get(path).content.decode()


@pytest.mark.clause("staff-looks")
def test_every_page_of_the_admin_is_guarded() -> None:
    pages = admin.site._registry.items()
    assert [str(model) for model, page in pages if not isinstance(page, RequiresReason)] == []
    assert {item.model for item in datamap.held() if item.subjects} - set(admin.site._registry) <= {
        User.groups.through,
        User.user_permissions.through,
        *_between(),
    }


def _between() -> set[Any]:
    """Tables between two others, which have no page of their own."""
    return {item.model for item in datamap.held() if item.model._meta.auto_created}


@pytest.mark.clause("staff-looks")
def test_what_was_looked_at_cant_be_changed_afterwards(cast: Cast, support: Client) -> None:
    open_page(support, page_of(cast["owner"]))
    for change in ({"reason": "something else"}, {"user": cast["stranger"].pk},
                   {"at": timezone.now()}, {"hidden_until": timezone.localdate()}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessLogEntry.objects.update(**change)
    User.objects.get(username="sam").delete()  # who leaves the staff, and the site
    assert AccessLogEntry.objects.get().staff is None


@pytest.mark.clause("legal-disclosures")
def test_a_look_that_an_order_keeps_secret_shows_itself_when_the_order_ends(cast: Cast) -> None:
    officer = signed_in(member_of(roles.PRIVACY_OFFICER, "pia"))
    today = timezone.localdate()
    path = page_of(cast["owner"])
    open_page(officer, path, why="legal", hidden_until=str(today + timedelta(days=9)))
    client = cast.client("owner")
    assert REASON["reason"] not in client.get(reverse("access_log")).content.decode()
    assert Notice.objects.count() == 0
    entry = AccessLogEntry.objects.get()
    AccessLogEntry.objects.all().delete()
    entry.hidden_until = today
    entry.save(force_insert=True)
    assert REASON["reason"] in client.get(reverse("access_log")).content.decode()


def test_only_a_law_hides_a_look_and_only_who_may_enter_disclosures(
    cast: Cast, support: Client
) -> None:
    later = {"hidden_until": str(timezone.localdate() + timedelta(days=9))}
    officer = signed_in(member_of(roles.PRIVACY_OFFICER, "pia"))
    assert officer.post(page_of(cast["owner"]), {**REASON, **later}).status_code == 422
    support.post(page_of(cast["owner"]), {**REASON, "why": "legal", **later})
    assert AccessLogEntry.objects.get().hidden_until is None


def test_the_person_is_told_once_a_day_without_mail(cast: Cast, support: Client) -> None:
    open_page(support, page_of(cast["owner"]))
    open_page(signed_in(member_of(roles.SUPPORT, "susan")), page_of(cast["owner"]))
    told = Notice.objects.get()
    assert (told.user, told.url, told.status) == (cast["owner"], reverse("access_log"), "done")
    earlier(days=1)
    open_page(support, page_of(cast["owner"]))
    assert Notice.objects.count() == 2


def test_old_looks_are_forgotten(cast: Cast, support: Client) -> None:
    open_page(support, page_of(cast["owner"]))
    earlier(days=729)
    retention_job.enforce()
    assert AccessLogEntry.objects.count() == 1
    earlier(days=2)
    retention_job.enforce()
    assert AccessLogEntry.objects.count() == 0


def test_lists_show_no_address_masked_or_whole(cast: Cast, support: Client) -> None:
    person("quentin")
    for name in ("accounts_user", "account_emailaddress"):
        listed = support.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert "quentin" in listed
        assert re.search(r"\S@\S", listed.split("<body", 1)[1]) is None
