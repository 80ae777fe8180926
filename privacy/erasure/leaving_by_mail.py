"""Requests to leave by somebody who isn't signed in: a mailed link, and then the same path.

Whether an account was found shows nowhere: the request always writes a row, and a job mails the
link of those rows that have somebody.
"""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from foundation.work import failing_kindly, soon
from privacy import erasure
from privacy.erasure import leave_links, letters
from privacy.erasure.models import Erasure, LeaveLink

MOST_IN_AN_HOUR = 5  # letters with a link that works; more would say nothing new
WEB_LASTS = timedelta(hours=24)
SUPPORT_LASTS = timedelta(days=7)


def find(name: str) -> Any:
    """Return the account of a username or its own e-mail address, or None."""
    people = get_user_model()._default_manager
    column = "email" if "@" in name else "username"
    rows = people.annotate(_lowered=Lower(column)).filter(_lowered=name.strip().lower())
    return rows.first()


@transaction.atomic
def ask(name: str) -> LeaveLink:
    """Take a request from the page that anybody may use."""
    return _write(find(name), way=Erasure.Way.WEB, expires_at=timezone.now() + WEB_LASTS)


@transaction.atomic
def record(user: Any, *, by: Any, received_on: date) -> LeaveLink:
    """Take a request that reached support by e-mail; its person still confirms by the link."""
    until = timezone.now() + SUPPORT_LASTS
    return _write(
        user, way=Erasure.Way.SUPPORT, expires_at=until, recorded_by=by, received_on=received_on
    )


def _write(user: Any, **values: Any) -> LeaveLink:
    link = LeaveLink.objects.create(user=user, **values)
    soon("privacy.run_leave_link", link.pk)
    return link


def _unused(user: Any) -> QuerySet[LeaveLink]:
    return LeaveLink.objects.filter(user=user, used_at__isnull=True)


def end_links(user: Any) -> None:
    """Make every link that was not used yet void."""
    _unused(user).update(expires_at=timezone.now())


def run(link_id: int) -> None:
    """Mail one link, to the account's own address. A second run makes the first link void."""
    link = LeaveLink.claim(link_id)
    if link is None:
        return
    with failing_kindly(link), transaction.atomic():
        user: Any = link.user
        if user is None or not user.is_present or link.expires_at <= timezone.now():
            link.cancel()
            return
        if link.way == Erasure.Way.WEB and _are_at_hand(user):
            link.cancel()  # whoever asked so often: those in the mailbox work
            return
        secret = leave_links.new_secret()
        letters.confirm(link, user, reverse("leave_confirm", args=[secret]))
        link.finish(secret_hash=leave_links.hash_of(secret))


def _are_at_hand(user: Any) -> bool:
    """Return whether so many links were mailed in the last hour, and still work, that they do."""
    lately = timezone.now() - timedelta(hours=1)
    mailed = _unused(user).filter(created_at__gt=lately)
    return bool(mailed.exclude(secret_hash="").count() >= MOST_IN_AN_HOUR)


def open_link(secret: str) -> LeaveLink:
    """Return the link of a secret while it may be used, or raise the one Http404."""
    link = _usable(LeaveLink.objects.select_related("user"), secret)
    if link is None:
        raise Http404
    return link


def _usable(rows: Any, secret: str) -> LeaveLink | None:
    link: LeaveLink | None = rows.filter(
        secret_hash=leave_links.hash_of(secret),
        used_at__isnull=True,
        expires_at__gt=timezone.now(),
        user__isnull=False,
    ).first()
    return link


@transaction.atomic
def use(secret: str) -> Erasure:
    """Leave by a mailed link; it works once. Raises the one Http404 when it doesn't any more."""
    link = _usable(LeaveLink.objects.select_for_update(of=("self",)), secret)
    if link is None:
        raise Http404
    LeaveLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    return erasure.request(link.user, way=link.way)


def void(user: Any) -> None:
    """End the open links of a person; a new one can be asked for."""
    _unused(user).update(used_at=timezone.now())
