"""Share links, for staff: that they exist, not their secrets."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.sharing.models import ShareLink


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "item_model", "created_at", "expires_at", "revoked_at", "used"]
    list_filter = ["item_model"]
