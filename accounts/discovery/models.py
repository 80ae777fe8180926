"""What people can be found by: drawn from their profile, for those who want to be found."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.gate.audiences import Audience, AudienceField

# Who sees a word of a profile → the column of words that they may find the person by.
COLUMNS = {
    Audience.PUBLIC: "public",
    Audience.MEMBERS: "members",
    Audience.FOLLOWERS: "followers",
    Audience.JAMMED: "jammed",
}


def _words() -> Any:
    return ArrayField(models.CharField(max_length=40), default=list)


class Findable(models.Model):
    """One person who wants to be found, and what by, sorted by who may know it of them.

    `members` holds what is public too: one index answers a member, another one a visitor.
    `followers` and `jammed` hold only what is for them alone, and are read for those few whom the
    viewer follows or played with. Nothing is drawn from what is shown to nobody.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="findable",
    )
    week = models.SmallIntegerField()  # when they were here last; see `services.finding.week_of`
    public = _words()
    members = _words()
    followers = _words()
    jammed = _words()
    open_until = models.DateTimeField(null=True, blank=True)
    open_audience = AudienceField(offers=tuple(COLUMNS), default=Audience.MEMBERS)

    class Meta:
        verbose_name, verbose_name_plural = _("person to be found"), _("people to be found")
        indexes = [
            models.Index(F("week").desc(), F("user").desc(), name="findable_order"),
            GinIndex(fields=["public"], name="findable_public", fastupdate=False),
            GinIndex(fields=["members"], name="findable_members", fastupdate=False),
            models.Index(
                fields=["open_until"], name="findable_open", condition=Q(open_until__isnull=False)
            ),
        ]
