"""Nothing becomes due unseen: the staff contact is told of requests whose date comes near."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.addresses import absolute
from privacy import notices
from privacy.subject_requests.models import Request, RequestStep

NEAR = timedelta(days=3)


def watch() -> int:
    """Write one letter about every request that newly comes near its date or passes it.

    Returns how many alarms were new. The alarm is a step of the request, once for each kind, and
    the letter is written in the same transaction: a second run, or a killed one, repeats nothing.
    """
    now = timezone.now()
    lines = []
    with transaction.atomic():
        rows = Request.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state__in=Request.OPEN_STATES
        )
        for row in rows.order_by("answer_by", "pk")[:1000]:
            for alarm, due in _alarms(row, now):
                if _is_new(row, alarm):
                    day = date_format(timezone.localdate(due), "DATE_FORMAT")
                    lines.append(f"{row.reference}  {row.get_kind_display()}  {alarm}: {day}")
        if lines:
            link = absolute(reverse("admin:privacy_request_changelist"))
            notices.write(
                settings.CONTACT_EMAIL,
                "desk",
                _("Requests that need you: %d") % len(lines),
                "\n".join([*lines, "", link]),
            )
    return len(lines)


def _alarms(row: Request, now: datetime) -> list[tuple[str, datetime]]:
    """Return the alarms that hold for a request now: name and the date it is about."""
    alarms: list[tuple[str, datetime]] = []
    dates = [("answer", row.answer_by)]
    if row.state == Request.State.OPEN:
        dates.append(("first word", row.acknowledge_by))
    for name, due in dates:
        if due <= now:
            alarms.append((f"{name} overdue", due))
        elif due <= now + NEAR:
            alarms.append((f"{name} due", due))
    return alarms


def _is_new(row: Request, alarm: str) -> bool:
    """Write the alarm down, and return whether it wasn't yet; an extension makes new dates."""
    detail = f"{alarm} {row.answer_by:%Y-%m-%d}"
    _step, made = RequestStep.objects.get_or_create(
        request=row, kind=RequestStep.Kind.ALARM, detail=detail, defaults={"by": "site"}
    )
    return made
