"""Suspending an account for a time: an act with a ground, words, an end, and an appeal.

A suspended person signs in, reads why and until when, takes a copy, appeals, leaves; nobody sees
them meanwhile. Whatever changes `User.state` back asks `is_suspended` first.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.identity.models import Suspension, User
from accounts.identity.services import stops
from foundation.live import cut_people
from privacy import notices

KIND = "suspension"
LONGEST = 365  # days; a longer one is a new act, with a new reason
KEPT = timedelta(days=365)  # after it ended
notices.kind(
    KIND,
    while_leaving=True,
    urgent=True,
    why="You get this because it is about whether you can use your account.",
)


class Refused(Exception):
    """This step doesn't fit as things stand; the sentence says why, for the member of staff."""


def current(user: Any) -> Suspension | None:
    return Suspension.objects.filter(user=user, ended_at=None).first()


def is_suspended(user: Any) -> bool:
    return Suspension.objects.filter(user=user, ended_at=None).exists()


@transaction.atomic
def suspend(user: User, staff: User, *, ground: str, reason: str, days: int) -> Suspension:
    """Suspend an account from now on for so many days, and tell its person why."""
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.pk == staff.pk:
        raise Refused(_("Nobody suspends themselves."))
    if person.is_staff or person.is_superuser:
        raise Refused(_("This is somebody of the staff. Their rights are taken away first."))
    if person.is_leaving:
        raise Refused(_("This account is leaving: nobody sees it any more."))
    if is_suspended(person):
        raise Refused(_("This account is suspended already."))
    if not 1 <= days <= LONGEST or not reason.strip():
        raise Refused(_("A suspension has a reason, and from 1 to %d days.") % LONGEST)
    now = timezone.now()
    row = Suspension.objects.create(
        user=person, set_by=staff, ground=ground, reason=reason.strip(), begins_at=now,
        ends_at=now + timedelta(days=days),
    )  # fmt: skip
    User.objects.filter(pk=person.pk).update(state=User.State.SUSPENDED)
    stops.stop(person)  # rooms close, takes end, mixes are made without their sound
    text = _(
        "Our staff suspended your account until %(until)s.\n\nGround: %(ground)s\n\n%(reason)s\n\n"
        "Until then nobody sees your things, and you can't play or write here. They are kept as "
        "they are. When you sign in you can take a copy of everything, object to this, and leave; "
        "somebody else of our staff decides on an objection."
    ) % {
        "until": date_format(timezone.localtime(row.ends_at), "DATETIME_FORMAT"),
        "ground": row.get_ground_display(),
        "reason": row.reason,
    }
    notices.tell(person, KIND, _("Your account is suspended"), text, url=reverse("suspended"))
    cut_people(person.pk)
    return row


@transaction.atomic
def appeal(user: User, text: str) -> Suspension:
    """Take what a person says to their suspension; it can be said once, and waits for an answer."""
    row = Suspension.objects.select_for_update().filter(user=user, ended_at=None).first()
    if row is None:
        raise Refused(_("Your account isn't suspended any more."))
    if row.appealed_at is not None:
        raise Refused(_("You have objected already."))
    row.appeal, row.appealed_at = text.strip(), timezone.now()
    row.save(update_fields=["appeal", "appealed_at"])
    return row


@transaction.atomic
def decide(row: Suspension, staff: User, *, answer: str, lift: bool) -> Suspension:
    """Answer an appeal: by somebody else than who suspended, in words that the person reads."""
    row = Suspension.objects.select_for_update().get(pk=row.pk)
    if not row.awaits_answer:
        raise Refused(_("There is no objection to answer."))
    if staff.pk in {row.set_by_id, row.user_id}:
        raise Refused(_("Somebody else decides on an objection than who suspended."))
    _write_answer(row, staff, answer)
    if lift:
        _end(row)
    title = _("Your objection: the suspension ends") if lift else _("Your objection is answered")
    notices.tell(row.user, KIND, title, row.answer, url=reverse("notices" if lift else "suspended"))
    return row


@transaction.atomic
def lift(row: Suspension, staff: User, because: str) -> Suspension:
    """End a suspension before its time, with a reason that the person reads."""
    row = Suspension.objects.select_for_update().get(pk=row.pk)
    if row.ended_at is not None:
        raise Refused(_("This suspension is over already."))
    if row.awaits_answer:
        raise Refused(_("There is an objection: answer it, with the decision to end."))
    if not because.strip():
        raise Refused(_("Say why it ends."))
    _end(row)
    text = _("It ends before its time: %(because)s") % {"because": because.strip()}
    notices.tell(row.user, KIND, _("Your account is open again"), text, url=reverse("notices"))
    return row


def _write_answer(row: Suspension, staff: User, answer: str) -> None:
    if not answer.strip():
        raise Refused(_("An answer has words."))
    row.answer, row.answered_at, row.answered_by = answer.strip(), timezone.now(), staff
    row.save(update_fields=["answer", "answered_at", "answered_by"])


def _end(row: Suspension) -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    stopped = User.objects.filter(enrolment__stopped_at__isnull=False)
    theirs = User.objects.filter(pk=row.user_id, state=User.State.SUSPENDED)
    if theirs.exclude(pk__in=stopped.values("pk")).update(state=User.State.ACTIVE):
        stops.resume(row.user)
    cut_people(row.user_id)


def end_due(batch: int = 100) -> int:
    """End suspensions whose time is over, and tell their people; return how many."""
    due = Suspension.objects.filter(ended_at=None, ends_at__lte=timezone.now())
    return sum(
        _end_one(key) for key in list(due.order_by("pk").values_list("pk", flat=True)[:batch])
    )


@transaction.atomic
def _end_one(key: int) -> int:
    rows = Suspension.objects.select_for_update(skip_locked=True)
    row = rows.filter(pk=key, ended_at=None, ends_at__lte=timezone.now()).first()
    if row is None:
        return 0
    _end(row)
    text = _("Its time is over. Everything of yours is where it was.")
    notices.tell(row.user, KIND, _("Your account is open again"), text, url=reverse("notices"))
    return 1
