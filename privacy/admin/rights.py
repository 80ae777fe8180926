"""Exports, erasures and reserved names, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.models import Erasure, Export, Tombstone


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "work", "percent", "created_at", "expires_at", "missing"]
    list_filter = ["work"]
    exclude = ["file", "named"]  # staff see that a copy was made, and never what is in it


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "stage", "requested_at", "due_at", "ended_at", "attempts", "error"]
    list_filter = ["stage", "work"]


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ["id", "erasure", "until"]
