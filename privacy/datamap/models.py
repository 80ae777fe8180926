"""When each declared period was last enforced."""

from django.db import models


class RetentionRun(models.Model):
    """One limit of the data map: its last run, how many rows it ended then and ever."""

    limit = models.CharField(max_length=200, unique=True)
    ran_at = models.DateTimeField()
    ended = models.PositiveIntegerField(default=0, help_text="rows, at the last run")
    total = models.PositiveBigIntegerField(default=0, help_text="rows, ever")
    error = models.CharField(max_length=100, blank=True, help_text="kind of the last failure")
