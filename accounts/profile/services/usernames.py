"""Changing a username, and keeping the old one from others."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.models import FormerName, User, is_reserved
from accounts.profile.services import profiles
from foundation.live import cut_people
from privacy import notices

PAUSE = timedelta(days=30)


def is_free(name: str, person: User | None = None) -> bool:
    """Return whether a name may be taken; one's own former name may be taken back."""
    taken = User.objects.filter(username__iexact=name)
    if person is None:
        return not (taken.exists() or is_reserved(name))
    own = FormerName.objects.filter(user=person, name__iexact=name)
    return not taken.exclude(pk=person.pk).exists() and (own.exists() or not is_reserved(name))


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


def take_on(person: User, name: str) -> None:
    """Write another username; the one given up is reserved, whoever changed it and why."""
    old = person.username
    FormerName.objects.filter(user=person, name__iexact=name).delete()
    if old.lower() != name.lower():
        FormerName.objects.create(user=person, name=old)
    User.objects.filter(pk=person.pk).update(username=name)
    person.username = name


def correct(person: User, name: str) -> None:
    """Write a username that staff correct at its person's wish, without the pause."""
    if not is_free(name, person):
        raise ValidationError(_("This username can't be used. Choose another one."))
    take_on(person, name)


@transaction.atomic
def rename(person: User, name: str) -> None:
    """Change a username, once in `PAUSE`. The old one is nobody's for a time, but one's own."""
    mine = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if name == mine.username:
        return
    if may_change_at(mine, name) is not None or not is_free(name, mine):
        raise ValidationError(_("This username can't be used. Choose another one."))
    take_on(mine, name)
    person.username = mine.username
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
