"""What was sent, for staff: never what it said or to whom."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from privacy.models import Notice, NoticeChoice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "kind", "work", "created_at", "due_at", "attempts", "error"]
    list_filter = ["work", "kind"]
    exclude = ["user", "title", "text", "url", "about", "address"]


@admin.register(NoticeChoice)
class NoticeChoiceAdmin(ReadOnlyAdmin):
    list_display = ["pk", "kind", "product", "mail"]
    list_filter = ["kind", "product", "mail"]
    exclude = ["user"]
