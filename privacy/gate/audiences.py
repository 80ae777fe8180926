"""Audiences: who an item is for, in the owner's words."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Every audience a person can choose. A model offers the ones that make sense for it."""

    PUBLIC = "public", _("Public")
    LINK = "link", _("With the link")
    MEMBERS = "members", _("Members")
    FOLLOWERS = "followers", _("Followers")
    JAMMED = "jammed", _("Jam partners")
    FANS = "fans", _("The band's followers")
    BAND = "band", _("The band")
    PARTICIPANTS = "participants", _("Participants")
    ME = "me", _("Only me")


# Somebody whom the owner never let in may be among these; a child's things never go to them.
WIDE = frozenset({Audience.PUBLIC, Audience.LINK, Audience.MEMBERS, Audience.FANS, Audience.BAND})
# Only of a band, and of what is a band's; for all else they mean nobody.
OF_BANDS = frozenset({Audience.FANS, Audience.BAND})

MEANING = {
    Audience.PUBLIC: _("Anyone, with or without an account. It may be found."),
    Audience.LINK: _("Anyone who holds the secret link. You can take the link back."),
    Audience.MEMBERS: _("Anyone who is signed in."),
    Audience.FOLLOWERS: _("Only people whose follow you accepted."),
    Audience.JAMMED: _("Only people you have really played with."),
    Audience.FANS: _("People who follow the band, and the band."),
    Audience.BAND: _("Only the band."),
    Audience.PARTICIPANTS: _("Only the people who took part."),
    Audience.ME: _("Nobody but you."),
}


class AudienceField(models.CharField):  # type: ignore[type-arg]
    """A column that holds one of the audiences offered."""

    def __init__(self, *, offers: Iterable[str] = (), **kwargs: Any) -> None:
        self.offers = tuple(Audience(item) for item in offers) or tuple(Audience)
        kwargs["max_length"] = 12
        kwargs["choices"] = [(item.value, item.label) for item in self.offers]
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """Keep choices out of migrations: a new translation is no change of the table."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        kwargs.pop("max_length", None)
        kwargs["offers"] = [item.value for item in self.offers]
        return name, path, args, kwargs
