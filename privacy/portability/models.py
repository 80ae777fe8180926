"""Rows behind a person's copies."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from foundation.ids import PublicIdField
from foundation.work import Work, work_index


class Export(Work):
    """A copy of all that a person gave us, built by a job and kept for a week."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(upload_to="exports", blank=True)
    missing = models.PositiveIntegerField(default=0, help_text="files that could not be read")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="bytes")
    begun_at = models.DateTimeField(null=True, blank=True, help_text="of this round")
    round = models.PositiveIntegerField(default=0, help_text="times it had to begin anew")
    named = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="keys of people it names"
    )

    class Meta:
        indexes = [
            work_index("export_due"),
            models.Index(fields=["user", "-created_at", "-id"]),
            models.Index(fields=["expires_at"], name="export_over"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(expires_at__isnull=True),
                name="export_never_made",
            ),
            GinIndex(fields=["named"], name="export_named"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="one_open_export_a_person",
            )
        ]
