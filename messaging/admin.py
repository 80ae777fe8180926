"""Conversations, for staff: that they exist, not what is said in them."""

from django.contrib import admin

from foundation.admin import ReadOnlyAdmin
from messaging.models import Conversation, Member, Message


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "created_at", "last_at"]
    exclude = ["pair"]


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ["conversation", "user", "read_up_to"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "conversation", "author", "created_at"]
    exclude = ["text"]
