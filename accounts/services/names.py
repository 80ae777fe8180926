"""Changing a username, and keeping the old one from others."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import FormerName, User
from accounts.services import profiles
from foundation.live import cut_people
from privacy import notices
from privacy.tombstones import is_buried

PAUSE = timedelta(days=30)


def is_free(name: str, person: User | None = None) -> bool:
    """Return whether a name may be taken; one's own former name may be taken back."""
    former = FormerName.objects.filter(name__iexact=name)
    taken = User.objects.filter(username__iexact=name)
    if person is not None:
        former, taken = former.exclude(user=person), taken.exclude(pk=person.pk)
    return not (taken.exists() or former.exists() or is_buried(User, name))


def may_change_at(person: User, name: str = "") -> datetime | None:
    """Return when the name may be changed again, or None when it may now.

    Going back to an earlier name of one's own is possible at any time: it undoes a change that
    somebody else made.
    """
    if name and FormerName.objects.filter(user=person, name__iexact=name).exists():
        return None
    newest = FormerName.objects.filter(user=person).order_by("-made_at").first()
    again = newest.made_at + PAUSE if newest is not None else None
    return again if again is not None and again > timezone.now() else None


@transaction.atomic
def rename(person: User, name: str) -> None:
    """Change a username, once in `PAUSE`. The old one is nobody's for a time, but one's own."""
    mine = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if name == mine.username:
        return
    if may_change_at(mine, name) is not None or not is_free(name, mine):
        raise ValidationError(_("This username can't be used. Choose another one."))
    old = mine.username
    FormerName.objects.filter(user=mine, name__iexact=name).delete()
    if old.lower() != name.lower():
        FormerName.objects.create(user=mine, name=old)
    User.objects.filter(pk=mine.pk).update(username=name)
    person.username = mine.username = name
    profiles.changed(mine)
    notices.tell(
        mine,
        "safety",
        _("Your username was changed"),
        _(
            "You are %(name)s now, everywhere. If that wasn't you, you can go back to the earlier "
            "name at any time, and should choose a new password."
        )
        % {"name": name},
        url=reverse("account_settings"),
    )
    cut_people(mine.pk)
