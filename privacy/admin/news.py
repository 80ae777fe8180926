"""Newsletters, for staff: write one, then send it to who agreed."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation.admin import ReadOnlyAdmin
from privacy import news
from privacy.guard import Guarded
from privacy.models import Newsletter, NewsReader, NewsSending


@admin.register(Newsletter)
class NewsletterAdmin(Guarded):
    deletable = True  # a draft, which is about nobody
    list_display = ["title", "created_at", "sending"]
    list_select_related = ["sending"]
    fields = ["title", "text"]
    actions = ["send_to_who_agreed"]

    @admin.action(description="Send product news to who agreed", permissions=["change"])
    def send_to_who_agreed(self, request: HttpRequest, rows: QuerySet[Newsletter]) -> None:
        for letter in rows:
            news.send(letter)
        messages.success(request, _("Being sent. The sendings show how far it is."))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is being sent, or was, stays as it is."""
        sent = obj is not None and NewsSending.objects.filter(newsletter=obj).exists()
        return not sent and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(NewsSending)
class NewsSendingAdmin(ReadOnlyAdmin):
    list_display = ["newsletter", "work", "letters", "created_at", "attempts", "error"]
    list_filter = ["work"]


@admin.register(NewsReader)
class NewsReaderAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "form", "created_at", "confirmed_at"]
    search_fields = ["=address"]
