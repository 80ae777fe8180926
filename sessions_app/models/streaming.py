"""Whether a player may be heard by the listeners of a session."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class StreamConsent(models.Model):
    """A player's last word on being heard by a session's listeners; nobody is without a yes."""

    session = models.ForeignKey(
        "sessions_app.JamSession", on_delete=models.CASCADE, related_name="stream_consents"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stream_consents"
    )
    yes = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)
    text_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="stream_consent_once"),
        ]
