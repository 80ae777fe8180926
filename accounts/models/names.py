"""Usernames that people gave up."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class FormerName(models.Model):
    """A username that its person gave up: kept from others, so that nobody poses as them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_names"
    )
    name = models.CharField(max_length=30)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="former_name_once")]
