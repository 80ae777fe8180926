"""What was sent, for staff: never what it said or to whom."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation.admin import ReadOnlyAdmin
from privacy.notices import newsletter
from privacy.notices.models import (
    Newsletter,
    NewsReader,
    NewsSending,
    Notice,
    NoticeChoice,
    NoticeFanOut,
)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "kind", "status", "created_at", "due_at", "attempts", "error"]
    list_filter = ["status", "kind"]
    exclude = ["user", "title", "text", "url", "about", "address"]


@admin.register(NoticeChoice)
class NoticeChoiceAdmin(ReadOnlyAdmin):
    list_display = ["pk", "kind", "product", "mail"]
    list_filter = ["kind", "product", "mail"]
    exclude = ["user"]


@admin.register(Newsletter)
class NewsletterAdmin(admin.ModelAdmin[Newsletter]):
    deletable = True  # a draft, which is about nobody
    list_display = ["title", "created_at", "sending"]
    list_select_related = ["sending"]
    fields = ["title", "text"]
    actions = ["send_to_who_agreed"]

    @admin.action(description="Send product news to who agreed", permissions=["change"])
    def send_to_who_agreed(self, request: HttpRequest, rows: QuerySet[Newsletter]) -> None:
        for letter in rows:
            newsletter.send(letter)
        messages.success(request, _("Being sent. The sendings show how far it is."))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is being sent, or was, stays as it is."""
        sent = obj is not None and NewsSending.objects.filter(newsletter=obj).exists()
        return not sent and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(NoticeFanOut)
class NoticeFanOutAdmin(ReadOnlyAdmin):
    list_display = ["kind", "status", "created_at", "attempts", "error"]
    list_filter = ["kind", "status"]


@admin.register(NewsSending)
class NewsSendingAdmin(ReadOnlyAdmin):
    list_display = ["newsletter", "status", "letters", "created_at", "attempts", "error"]
    list_filter = ["status"]


@admin.register(NewsReader)
class NewsReaderAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "form", "created_at", "confirmed_at"]
    search_fields = ["=address"]
