"""Tombstones: what was public and is gone."""

from django.db import models


class Tombstone(models.Model):
    """A keyed hash of a public name that is gone: answers 410 and stays reserved."""

    name_hash = models.CharField(max_length=64, unique=True)
    erasure = models.ForeignKey(
        "privacy.Erasure", null=True, on_delete=models.CASCADE, related_name="tombstones"
    )
    until = models.DateTimeField(db_index=True)
