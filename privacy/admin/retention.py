"""When each declared period was last enforced, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.models import RetentionRun


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    list_display = ["limit", "ran_at", "ended", "total", "error"]
    ordering = ["limit"]
