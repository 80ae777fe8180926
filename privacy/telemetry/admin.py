"""Usage counts and crash reports, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.telemetry.models import CrashReport, UsageCount, UsageEvent


@admin.register(UsageCount)
class UsageCountAdmin(ReadOnlyAdmin):
    list_display = ["day", "kind", "name", "people", "events", "seconds"]
    list_filter = ["kind"]
    date_hierarchy = "day"


@admin.register(UsageEvent)
class UsageEventAdmin(ReadOnlyAdmin):
    """Single events show the day's pseudonym to nobody."""

    list_display = ["hour", "kind", "name", "seconds"]
    list_filter = ["kind"]
    exclude = ["pseudonym"]


@admin.register(CrashReport)
class CrashReportAdmin(ReadOnlyAdmin):
    list_display = ["last_day", "count", "name", "message", "page", "browser"]
    list_filter = ["page"]
