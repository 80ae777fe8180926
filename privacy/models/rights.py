"""Rows behind a person's rights: exports, erasures, tombstones."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from foundation.ids import PublicIdField
from foundation.work import MAX_ATTEMPTS, Work, work_index


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
                condition=models.Q(work__in=["waiting", "running"]),
                name="one_open_export_a_person",
            )
        ]


class Erasure(Work):
    """One person's leaving: hidden at once, purged after the grace period.

    The row outlives the account, without a name, as the record that the purge was done.
    """

    class Stage(models.TextChoices):
        GRACE = "grace", "hidden, may come back"
        PURGING = "purging", "being erased"
        ERASED = "erased", "erased"
        CANCELLED = "cancelled", "came back"

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.GRACE)
    requested_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=dict, help_text="rows erased so far, by step")

    class Meta:
        indexes = [
            work_index("erasure_due"),
            models.Index(fields=["ended_at"], name="erasure_over"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(stage__in=["grace", "purging"]),
                name="one_open_erasure_a_person",
            )
        ]

    def fail(self, reason: str, *, final: bool = False) -> bool:
        """Try again for as long as it takes: what was promised to go is never given up."""
        self.attempts = min(self.attempts, MAX_ATTEMPTS - 1)
        return super().fail(reason)


class Tombstone(models.Model):
    """A keyed hash of a public name that is gone: answers 410 and stays reserved."""

    name_hash = models.CharField(max_length=64, unique=True)
    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="tombstones")
    until = models.DateTimeField(db_index=True)
