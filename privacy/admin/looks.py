"""Who of the staff looked at whose data, for the privacy officer."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.models import Look


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    list_display = ["at", "staff", "role", "user", "model", "why"]
    list_filter = ["why", "role", "model"]
    list_select_related = ["staff", "user"]
    date_hierarchy = "at"
