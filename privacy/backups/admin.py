"""The state of the backups, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.backups.models import Backup, Restore


@admin.register(Backup)
class BackupAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "status", "taken_at", "expires_at", "gone_at", "size", "error"]
    list_filter = ["status"]


@admin.register(Restore)
class RestoreAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "at", "backup", "erased", "hidden", "returned", "because"]
