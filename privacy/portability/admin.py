"""Copies, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.portability.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "status", "percent", "created_at", "expires_at", "missing"]
    list_filter = ["status"]
    exclude = ["file", "named"]  # staff see that a copy was made, and never what is in it
