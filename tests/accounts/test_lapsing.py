"""Accounts that nobody confirms or comes to: warned twice, then gone by the ordinary way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identity.services import lapsing
from accounts.models import Dormancy, User
from privacy import erasure
from privacy.models import Erasure, Notice
from privacy.tasks import expire
from tests.cast import PASSWORD, Cast, person
from tests.entering import sign_up


@pytest.fixture
def sleeper(db: None, settings: Any) -> User:
    """Somebody who last came so long ago that the account leaves in 59 days."""
    settings.RETENTION_INACTIVE_DAYS = 400
    return person("sleeper", last_login=timezone.now() - timedelta(days=341))


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> datetime:
    """Put the clock so many days ahead of today."""
    now = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def work_off() -> None:
    while lapsing.end_dormant(100):
        pass


def told(user: User) -> list[str]:
    return [one.title for one in Notice.objects.filter(user=user).order_by("pk")]


@pytest.mark.clause("unused-accounts")
@pytest.mark.promise("VJ-18")
def test_an_unused_account_is_warned_twice_and_then_leaves_by_the_ordinary_way(
    sleeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_off()
    assert len(told(sleeper)) == 1
    assert Notice.objects.get().status == Notice.Status.WAITING  # it goes by mail, too
    leaves_at = Dormancy.objects.get().leaves_at
    later(monkeypatch, 45)
    work_off()
    assert len(told(sleeper)) == 1
    later(monkeypatch, 47)
    work_off()
    assert len(told(sleeper)) == 2
    later(monkeypatch, 59)
    work_off()
    assert User.objects.get().state == User.State.ACTIVE
    later(monkeypatch, 61.5)
    assert Dormancy.objects.get().leaves_at >= leaves_at
    work_off()
    assert User.objects.get().state == User.State.LEAVING
    row = Erasure.objects.get(user=sleeper)
    assert row == erasure.open_erasure(sleeper)
    assert row.due_at > timezone.now() + erasure.grace() - timedelta(hours=1)
    assert not Dormancy.objects.exists()


@pytest.mark.clause("unused-accounts")
def test_a_job_that_was_down_warns_before_it_acts(
    sleeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_off()
    now = later(monkeypatch, 300)
    work_off()
    assert User.objects.get().state == User.State.ACTIVE
    assert len(told(sleeper)) == 2
    assert Dormancy.objects.get().leaves_at == now + lapsing.SECOND_WARNING
    later(monkeypatch, 313)
    work_off()
    assert User.objects.get().state == User.State.ACTIVE
    later(monkeypatch, 314.5)
    work_off()
    assert User.objects.get().state == User.State.LEAVING


@pytest.mark.clause("unused-accounts")
def test_one_sign_in_is_enough_to_stay(sleeper: User, monkeypatch: pytest.MonkeyPatch) -> None:
    work_off()
    answer = Client().post(reverse("account_login"), {"login": "sleeper", "password": PASSWORD})
    assert answer.status_code == 302
    later(monkeypatch, 61.5)
    work_off()
    assert not Dormancy.objects.exists()
    assert User.objects.get().state == User.State.ACTIVE
    assert len(told(sleeper)) == 1


def test_staff_and_those_who_come_are_not_warned(cast: Cast, settings: Any) -> None:
    settings.RETENTION_INACTIVE_DAYS = 365
    old = timezone.now() - timedelta(days=800)
    User.objects.filter(username="owner").update(last_login=old, is_staff=True)
    User.objects.filter(username="former").update(last_login=timezone.now(), date_joined=old)
    User.objects.filter(username="leaving").update(last_login=old)
    User.objects.filter(username="stranger").update(date_joined=old, last_login=None)
    assert lapsing.end_dormant(100) == 1
    assert list(Dormancy.objects.values_list("user__username", flat=True)) == ["stranger"]


@pytest.mark.clause("unused-accounts")
@pytest.mark.promise("VJ-18")
def test_an_account_that_was_never_confirmed_leaves(client: Client, db: None) -> None:
    sign_up(client, email="typo@mail.example", username="typo")
    user = User.objects.get(username="typo")
    User.objects.update(date_joined=timezone.now() - timedelta(days=13))
    expire()
    assert User.objects.get().state == User.State.ACTIVE
    User.objects.update(date_joined=timezone.now() - timedelta(days=15))
    expire()
    row = Erasure.objects.get(user=user)
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    assert not User.objects.exists()
    assert not Notice.objects.filter(address="typo@mail.example", kind="entrance").exists()
