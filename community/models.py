"""Favourites."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from sessions_app.models import Recording


class Favourite(models.Model):
    """A recording that somebody keeps. The list is theirs alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites"
    )
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "recording"], name="favourite_once")]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="favourite_newest")]
