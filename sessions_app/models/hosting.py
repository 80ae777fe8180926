"""What a session's host decides about who is in it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from sessions_app.models.sessions import JamSession


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
