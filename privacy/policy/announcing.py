"""Telling every account of a change: batch by batch, nobody twice, nobody missed.

Each batch is one transaction: who was told (`PolicyNotice`), the notices themselves with their
mail, and the place to go on from. A worker killed anywhere leaves whole batches behind. Keys of
accounts that commit late, who comes back from leaving and who joins meanwhile are behind the
place already: so a pass that meets its end looks for whoever is left, until nobody is.
"""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation.work import failing_kindly
from privacy import notices
from privacy.policy import releases
from privacy.policy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease

BATCH = 200
AGAIN = timedelta(minutes=5)
What, State = PolicyNoticeRun.What, PolicyRelease.State


def run(run_id: int) -> None:
    """Tell everybody who wasn't told yet. Safe to repeat, and to kill at any line."""
    row = PolicyNoticeRun.claim(run_id)
    if row is None:
        return
    with failing_kindly(row):
        PolicyNoticeRun.objects.filter(pk=row.pk).update(
            total=row.notices.count() + _left(row).count(), cursor=0
        )
        while _batch(row.pk):
            row.refresh_from_db()
            row.keep(percent=100 * row.told // max(1, row.total))
        row.refresh_from_db()
        _rest(row)


def _left(row: PolicyNoticeRun) -> QuerySet[Any]:
    """Return the accounts that are still to be told.

    All of them, confirmed or not, suspended or not; who is leaving is told when they come back.
    Who joined after it came into force signed up to it. A withdrawal is told to who was told.
    """
    model: Any = get_user_model()
    notices = PolicyNotice.objects.filter(run=row.pk, user=OuterRef("pk"))
    people: QuerySet[Any] = model._default_manager.filter(model.staying(), ~Exists(notices))
    if row.what == What.WITHDRAW:
        announced = PolicyNotice.objects.filter(
            run__release=row.release_id, run__what=What.ANNOUNCE, user=OuterRef("pk")
        )
        return people.filter(Exists(announced))
    if row.release.posted_at is not None:
        return people.filter(date_joined__lt=row.release.posted_at)
    return people


def _batch(run_id: int) -> int:
    """Tell up to `BATCH` accounts behind the cursor; return how many, 0 when nobody is left."""
    with transaction.atomic():
        row = PolicyNoticeRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        if row.status == PolicyNoticeRun.Status.CANCELLED:
            return 0
        people = list(_left(row).filter(pk__gt=row.cursor).order_by("pk")[:BATCH])
        if not people and row.cursor:
            people = list(_left(row).order_by("pk")[:BATCH])
        if not people:
            return 0
        PolicyNotice.objects.bulk_create([PolicyNotice(run=row, user=person) for person in people])
        confirmed = set(
            EmailAddress.objects.filter(user__in=people, verified=True, primary=True)
            .values_list("user_id", flat=True)
        )  # fmt: skip
        title, text = words(row.release, row.what)
        url = reverse("policy_announcement", args=[row.release.public_id])
        for mail in (True, False):
            some = [person for person in people if (person.pk in confirmed) is mail]
            notices.tell_many(some, "policy", title, text, url=url, mail=mail)
        row.told += len(people)
        row.total = max(row.total, row.told)
        row.cursor = people[-1].pk
        row.save(update_fields=["told", "total", "cursor"])
        return len(people)


def _rest(row: PolicyNoticeRun) -> None:
    """Everybody was told: end, or look again later for who joins and who comes back."""
    if row.status == PolicyNoticeRun.Status.CANCELLED:
        return
    now = timezone.now()
    row.reached_at = row.reached_at or now
    release = row.release
    over = release.posted_at is not None and release.posted_at + releases.SHOWN_FOR < now
    if over or row.what == What.WITHDRAW:
        row.finish(reached_at=row.reached_at)
        return
    PolicyNoticeRun.objects.filter(pk=row.pk).exclude(
        status=PolicyNoticeRun.Status.CANCELLED
    ).update(
        status=PolicyNoticeRun.Status.WAITING, due_at=now + AGAIN, leased_until=None,
        attempts=0, percent=100, error="", reached_at=row.reached_at,
    )  # fmt: skip


def words(release: PolicyRelease, what: str) -> tuple[str, str]:
    """Return the title and text of what people are told, in the site's language."""
    with override(settings.LANGUAGE_CODE):
        if release.effective_at is None:
            raise ValueError("what is announced has a day")
        day = date_format(timezone.localtime(release.effective_at), "DATE_FORMAT")
        control = release.kind == PolicyRelease.Kind.CONTROL
        if what == What.WITHDRAW:
            title = _("What we announced for %(day)s doesn't come") % {"day": day}
            text = _("We have withdrawn it. Everything stays as it is; you need do nothing.")
            return title, text
        if control:
            title = _("From %(day)s somebody else runs this site") % {"day": day}
            text = _(
                "%(summary)s\n\nUntil then there is time to take all your data with you, and to "
                "leave, if you would rather not be there."
            ) % {"summary": release.summary}
            return title, text
        if release.kind == PolicyRelease.Kind.TERMS:
            title = _("Our terms of service change on %(day)s") % {"day": day}
            text = _(
                "%(summary)s\n\nThey hold for you from that day on if you go on using this site. "
                "If you would rather not, you can take all your data with you and leave before."
            ) % {"summary": release.summary}
            return title, text
        title = _("Our privacy policy changes on %(day)s") % {"day": day}
        text = release.summary
        if release.content and releases.asked_anew(
            (releases.before(release) or releases.in_force()).content, release.content
        ):
            text += "\n\n" + _(
                "Something you may have agreed to is worded anew. Your earlier yes no longer "
                "counts; we ask you again, and until you answer we take it as a no."
            )
        return title, text
