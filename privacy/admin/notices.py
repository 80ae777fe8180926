"""What was sent, for staff: never what it said or to whom."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "kind", "work", "created_at", "due_at", "attempts", "error"]
    list_filter = ["work", "kind"]
    exclude = ["user", "title", "text", "url", "about", "address"]
