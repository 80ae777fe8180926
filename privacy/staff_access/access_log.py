"""The access log: nobody of the staff opens a page about a person without a reason, which the
person reads.

A reason is remembered for a quarter of an hour for one member of staff and one object; a form that
was opened in that time can be sent for an hour.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import datamap, notices
from privacy.staff_access.models import AccessLogEntry

REMEMBERED = timedelta(minutes=15)
SENDABLE = timedelta(minutes=60)


def people_in(obj: Model) -> list[Any]:
    """Return the people a row is about, by the data map; none for configuration."""
    keys: set[Any] = set()
    for path in datamap.person_paths(datamap.held_of(type(obj))):
        rows = type(obj)._default_manager.filter(pk=obj.pk)
        keys.update(rows.values_list(path, flat=True))
    keys.discard(None)
    return list(get_user_model()._default_manager.filter(pk__in=keys).order_by("pk"))


def is_remembered(staff: Any, obj: Model, within: timedelta = REMEMBERED) -> bool:
    """Return whether this member of staff gave a reason for this object a moment ago."""
    since = timezone.now() - within
    return AccessLogEntry.objects.filter(
        staff=staff, model=obj._meta.label_lower, object_key=str(obj.pk), at__gte=since
    ).exists()


def role_of(staff: Any) -> str:
    """Return the staff member's roles in words: people are told a role, not a name."""
    names = list(staff.groups.order_by("name").values_list("name", flat=True))
    return ", ".join(names)[:120] or _("administrator")


@transaction.atomic
def record(
    staff: Any, obj: Model, *, why: str, reason: str, hidden_until: Any = None
) -> list[AccessLogEntry]:
    """Record that somebody of the staff opens a page about people: one row for each person."""
    role, people = role_of(staff), people_in(obj)
    if hidden_until is None:
        _tell(people)
    return AccessLogEntry.objects.bulk_create(
        [
            AccessLogEntry(
                user=person,
                staff=staff,
                role=role,
                model=obj._meta.label_lower,
                object_key=str(obj.pk),
                why=why,
                reason=reason,
                hidden_until=hidden_until,
            )
            for person in people
        ]
    )


def _tell(people: list[Any]) -> None:
    """Tell people in the product, without mail, once a day: a busy desk looks several times."""
    known = AccessLogEntry.objects.filter(
        user__in=people, hidden_until=None, at__date=timezone.localdate()
    ).values_list("user", flat=True)
    people_told = set(known)
    news = [person for person in people if person.pk not in people_told]
    if news:
        notices.tell_many(
            news,
            "rights",
            _("Our staff looked at data about you"),
            _("What was looked at, in which role and why, stands in your settings."),
            url=reverse("access_log"),
            mail=False,
        )
