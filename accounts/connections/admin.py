"""Follows, blocks and mutes, for staff."""

from django.contrib import admin

from accounts.connections.models import Block, Follow, JammedWith, Mute
from foundation.admin import ReadOnlyAdmin


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "follower", "followee", "state", "created_at"]
    list_filter = ["state"]
    search_fields = ["follower__username", "followee__username"]


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "blocker", "blocked", "created_at"]
    search_fields = ["blocker__username", "blocked__username"]


@admin.register(Mute)
class MuteAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "muter", "muted", "created_at"]
    search_fields = ["muter__username", "muted__username"]


@admin.register(JammedWith)
class JammedWithAdmin(ReadOnlyAdmin):
    list_display = ["person", "partner", "since"]
    search_fields = ["person__username"]
