"""Staff draft, compare, announce and withdraw the policy in the admin; others may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.models import PolicyRelease
from privacy.policy import releases
from tests.cast import BACKEND, person
from tests.privacy.test_releases import tell


@pytest.fixture
def staff(db: None) -> Client:
    keeper = person("keeper", is_staff=True)
    keeper.user_permissions.add(Permission.objects.get(codename="publish_policy"))
    client = Client()
    client.force_login(keeper, backend=BACKEND)
    return client


def admin(name: str, *args: Any) -> str:
    return reverse(f"admin:privacy_policyrelease_{name}", args=args)


def test_staff_draft_compare_announce_and_watch(other_code: Any, staff: Client) -> None:
    listed = staff.get(admin("changelist")).content.decode()
    assert "says something else than the policy or the terms in force" in listed
    page = staff.get(admin("draft")).content.decode()
    assert "1 clause added" in page and "sing" in page
    empty = staff.post(admin("draft"), {"kind": "text", "summary": ""})
    assert empty.status_code == 422
    form = {"kind": "text", "summary": "Songs are in it.", "material": "on"}
    made = staff.post(admin("draft"), form)
    release = PolicyRelease.objects.get(state="draft")
    assert made["Location"] == admin("change", release.pk)
    page = staff.get(made["Location"]).content.decode()
    assert "Announce to every account" in page and "sing" in page
    soon = {"day": timezone.localdate().isoformat()}
    answer = staff.post(admin("announce", release.pk), soon, follow=True)
    assert "30 days at least" in answer.content.decode()
    day = {"day": (timezone.localdate() + timedelta(days=40)).isoformat()}
    staff.post(admin("announce", release.pk), day)
    release.refresh_from_db()
    assert (release.state, release.number) == ("scheduled", 2)
    tell(release)
    assert "1 / 1" in staff.get(admin("change", release.pk)).content.decode()
    staff.post(admin("withdraw", release.pk))
    release.refresh_from_db()
    assert release.state == "withdrawn"


def test_other_staff_may_not(other_code: Any, db: None) -> None:
    release = releases.draft("text", "Songs.")
    helper = person("helper", is_staff=True)
    client = Client()
    client.force_login(helper, backend=BACKEND)
    form = {"kind": "text", "summary": "Mine."}
    assert client.get(admin("changelist")).status_code == 403
    assert client.post(admin("draft"), form).status_code == 403
    assert client.post(admin("announce", release.pk)).status_code == 403
    assert client.post(admin("withdraw", release.pk)).status_code == 403
    helper.user_permissions.add(Permission.objects.get(codename="view_policyrelease"))
    assert client.get(admin("change", release.pk)).status_code == 200
    assert client.post(admin("announce", release.pk)).status_code == 403
    release.refresh_from_db()
    assert (release.state, PolicyRelease.objects.filter(kind="text").count()) == ("draft", 2)
