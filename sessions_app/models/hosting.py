"""What a session's host decides about who is in it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.models.sessions import JamSession

KNOCK_LASTS = timedelta(minutes=10)  # after the last sign of life of the page that waits, or a no


def waiting_now() -> Q:
    """Return the condition on knocks of people who wait: by the database's clock."""
    return Q(state=Knock.State.WAITING, seen_at__gt=Now() - KNOCK_LASTS)


class Knock(models.Model):
    """A person who asks to be let into a session whose hosts are asked first.

    Whoever is let in has a seat, and no such row any more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DECLINED = "declined", _("declined")

    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="knocks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="knocks"
    )
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="knock_once")]
        indexes = [
            models.Index(fields=["seen_at"], name="knock_over"),
            models.Index(fields=["user", "session"], name="knock_of"),
        ]


class Removal(models.Model):
    """A person whom a host took out of an open session: they get no seat until they are let in.

    It goes with the session's end: a seat is taken in open sessions alone.
    """

    session = models.ForeignKey(JamSession, on_delete=models.CASCADE, related_name="removals")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="removed_from"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="removals_made",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="removal_once"),
        ]
        indexes = [models.Index(fields=["user", "session"], name="removal_of")]
