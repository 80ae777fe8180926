"""The state of the backups, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.backups.models import Backup, Restore


@admin.register(Backup)
class BackupAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "work", "taken_at", "expires_at", "gone_at", "size", "error"]
    list_filter = ["work"]


@admin.register(Restore)
class RestoreAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "at", "backup", "erased", "hidden", "returned", "because"]
