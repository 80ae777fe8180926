"""What ties people to each other: follows, blocks, mutes, having played together.

Audiences and deny rules are made of these rows; `accounts.connections.services` alone writes them.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import PublicIdField


class Follow(models.Model):
    """One person follows another, or asks to."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked")
        ACCEPTED = "accepted", _("accepted")

    public_id = PublicIdField()
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="following"
    )
    followee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers"
    )
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followee"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followee")), name="follow_another"),
        ]
        indexes = [
            # The gate asks "does this viewer follow that owner", and gets its answer from here.
            models.Index(
                fields=["follower", "followee"],
                name="follow_accepted",
                condition=Q(state="accepted"),
            ),
            models.Index(fields=["followee", "state", "-created_at", "-id"], name="follow_lists"),
            models.Index(fields=["follower", "-created_at", "-id"], name="follow_mine"),
        ]


class Block(models.Model):
    """Two people who are not to meet; which of the two wanted it is the blocker's secret."""

    public_id = PublicIdField()
    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_another"),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="block_of"),
            models.Index(fields=["blocker", "-created_at", "-id"], name="block_newest"),
        ]


class Mute(models.Model):
    """A person whom another doesn't want to hear of. It hides nothing from either of the two."""

    public_id = PublicIdField()
    muter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes"
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_another"),
        ]
        indexes = [models.Index(fields=["muter", "-created_at", "-id"], name="mute_newest")]


class JammedWith(models.Model):
    """Two people have played together: a finished mix once held the sound of both.

    Stored in both directions, so that either can be asked for by index.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jammed_with"
    )
    partner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = (
            _("pair who played together"),
            _("pairs who played together"),
        )
        constraints = [
            models.UniqueConstraint(fields=["person", "partner"], name="jammed_once"),
            models.CheckConstraint(condition=~Q(person=F("partner")), name="jammed_another"),
        ]
