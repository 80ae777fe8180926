"""Consent evidence, for staff."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.consent.models import ConsentRecord


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "purpose", "given", "text_version", "channel", "form"]
    list_filter = ["purpose", "given", "channel", "text_version"]
    search_fields = ["user__public_id", "=user__username"]
    list_select_related = ["user"]
