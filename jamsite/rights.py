"""Who may make whom a member of staff. Roles are written in `jamsite.roles`; this hands them out.

Nobody changes their own rights, or those of somebody who stands as high as they do or higher; a
superuser alone stands above administrators, and may change another superuser, never themselves.
The privacy officer watches over the staff, so that no administrator appoints them.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SafetyEvent, User
from accounts.security.services import alerts
from foundation.live import cut_people
from jamsite import roles

GIVES: dict[str, tuple[str, ...]] = {
    roles.ADMINISTRATOR: (roles.SUPPORT, roles.MODERATOR, roles.PARTNER_MANAGER),
}


class Refused(Exception):
    """Not theirs to give, or not to this person; the sentence says why, for the member of staff."""


def roles_of(person: Any) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def givable(staff: Any) -> tuple[str, ...]:
    """Return the roles that a member of staff may give and take."""
    if staff.is_superuser:
        return tuple(roles.LOOKS_AT)
    theirs = roles_of(staff)
    return tuple(dict.fromkeys(role for right in GIVES if right in theirs for role in GIVES[right]))


def stands_below(person: Any, staff: Any) -> bool:
    """Return whether all that a person may is something that this member of staff gives."""
    if person.pk == staff.pk:
        return False
    if staff.is_superuser:
        return True
    return not person.is_superuser and roles_of(person) <= set(givable(staff))


@transaction.atomic
def give(
    person: User, staff: User, *, wanted: Iterable[str], superuser: bool, because: str
) -> None:
    """Make a person hold exactly these roles, tell them, and end what they had open.

    Raises Refused for whatever isn't this member of staff's to change.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    names = set(wanted)
    if not stands_below(locked, staff):
        raise Refused(_("Nobody changes their own rights, or those of somebody above them."))
    if not names <= set(givable(staff)) or (
        superuser != locked.is_superuser and not staff.is_superuser
    ):
        raise Refused(_("This role is not yours to give."))
    becoming = bool(names) or superuser
    if becoming and not _may_be_staff(locked):
        raise Refused(_("Only an adult with a confirmed address, whose account is in use."))
    before = sorted(roles_of(locked)) + (["superuser"] if locked.is_superuser else [])
    after = sorted(names) + (["superuser"] if superuser else [])
    if before == after:
        raise Refused(_("Nothing would change."))
    locked.groups.set(Group.objects.filter(name__in=names))
    locked.user_permissions.clear()
    User.objects.filter(pk=locked.pk).update(is_staff=becoming, is_superuser=superuser)
    text = _("From now on you are: %(now)s. Before: %(before)s. Why: %(because)s") % {
        "now": ", ".join(after) or _("a member like everybody"),
        "before": ", ".join(before) or _("a member like everybody"),
        "because": because,
    }
    alerts.alert(locked, SafetyEvent.Kind.RIGHTS, text, detail=", ".join(after))
    cut_people(locked.pk)


def _may_be_staff(person: User) -> bool:
    confirmed = EmailAddress.objects.filter(user=person, verified=True).exists()
    return person.is_adult and person.is_present and confirmed
