"""The catalogue of backups, and what was restored."""

from django.db import models
from django.utils import timezone

from foundation.ids import PublicIdField
from foundation.work import Work, work_index


class Backup(Work):
    """One backup: ordered, made, and deleted when its time is over.

    The row is for staff and for the sweeper; the file beside each backup tells the same, because
    a restored database knows only the backups of its own past.
    """

    public_id = PublicIdField()
    taken_at = models.DateTimeField(null=True, blank=True, help_text="what it shows is of then")
    expires_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    file = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(default=0, help_text="bytes, encrypted")
    sha256 = models.CharField(max_length=64, blank=True)
    media_files = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0, help_text="files deleted while it was made")

    class Meta:
        indexes = [
            work_index("backup_due"),
            models.Index(
                fields=["expires_at"], name="backup_there", condition=models.Q(gone_at=None)
            ),
        ]


class Restore(models.Model):
    """One restore, as the restored database remembers it.

    `traces` of erased people that were left, and why staff finished it all the same; who decided
    is in the admin's log.
    """

    public_id = PublicIdField()
    backup = models.CharField(max_length=100, blank=True, help_text="its file")
    at = models.DateTimeField(default=timezone.now)
    erased = models.PositiveIntegerField(default=0, help_text="people erased again")
    hidden = models.PositiveIntegerField(default=0, help_text="people hidden again")
    returned = models.PositiveIntegerField(default=0, help_text="people back again")
    traces = models.JSONField(default=list, help_text="places, as table.column: how many rows")
    because = models.TextField(blank=True, help_text="why it was finished with traces")

    class Meta:
        permissions = [("accept_traces", "Can finish a restore that leaves traces")]
