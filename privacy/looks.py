"""Staff looks: nobody opens a page about a person without a reason, and the person reads it.

A look is remembered for a quarter of an hour for one member of staff and one object; a form that
was opened in that time can be sent for an hour.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import datamap
from privacy.models import Look

REMEMBERED = timedelta(minutes=15)
SENDABLE = timedelta(minutes=60)


def people_in(obj: Model) -> list[Any]:
    """Return the people a row is about, by the data map; none for configuration."""
    keys: set[Any] = set()
    for path in datamap.held_of(type(obj)).subjects:
        rows = type(obj)._default_manager.filter(pk=obj.pk)
        keys.update(rows.values_list(path, flat=True))
    keys.discard(None)
    return list(get_user_model()._default_manager.filter(pk__in=keys).order_by("pk"))


def is_remembered(staff: Any, obj: Model, within: timedelta = REMEMBERED) -> bool:
    """Return whether this member of staff gave a reason for this object a moment ago."""
    since = timezone.now() - within
    return Look.objects.filter(
        staff=staff, model=obj._meta.label_lower, object_key=str(obj.pk), at__gte=since
    ).exists()


def role_of(staff: Any) -> str:
    """Return the staff member's roles in words: people are told a role, not a name."""
    names = list(staff.groups.order_by("name").values_list("name", flat=True))
    return ", ".join(names)[:120] or _("administrator")


@transaction.atomic
def look(staff: Any, obj: Model, *, why: str, reason: str, hidden_until: Any = None) -> list[Look]:
    """Record that somebody of the staff opens a page about people: one row for each person."""
    role = role_of(staff)
    return Look.objects.bulk_create(
        [
            Look(
                user=person,
                staff=staff,
                role=role,
                model=obj._meta.label_lower,
                object_key=str(obj.pk),
                why=why,
                reason=reason,
                hidden_until=hidden_until,
            )
            for person in people_in(obj)
        ]
    )
