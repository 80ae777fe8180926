"""Bands, for staff: to look at, with a reason; services are the only writers."""

from django.contrib import admin

from bands.models import Band, BandFollow, BandInvite, BandMember
from foundation.admin import ReadOnlyAdmin


@admin.register(Band)
class BandAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "slug", "audience", "created_at"]
    list_filter = ["audience"]
    search_fields = ["slug", "name", "public_id"]


@admin.register(BandMember)
class BandMemberAdmin(ReadOnlyAdmin):
    list_display = ["band", "user", "role", "since"]
    list_filter = ["role"]
    search_fields = ["band__slug", "user__username"]


@admin.register(BandInvite)
class BandInviteAdmin(ReadOnlyAdmin):
    list_display = ["band", "invited", "made_by", "created_at", "expires_at", "declined_at"]
    search_fields = ["band__slug", "invited__username"]


@admin.register(BandFollow)
class BandFollowAdmin(ReadOnlyAdmin):
    list_display = ["band", "follower", "state", "created_at"]
    list_filter = ["state"]
    search_fields = ["band__slug", "follower__username"]
