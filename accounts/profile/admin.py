"""Profiles, for staff."""

from django.contrib import admin

from accounts.profile.models import Plays, Profile, RealName
from foundation.admin import ReadOnlyAdmin


@admin.register(Profile)
class ProfileAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "user", "updated_at"]
    search_fields = ["user__username"]
    exclude = ["phone", "birthday", "gender"]  # no role needs them; a person's copy has them


@admin.register(Plays)
class PlaysAdmin(ReadOnlyAdmin):
    list_display = ["user", "instrument", "level"]


@admin.register(RealName)
class RealNameAdmin(ReadOnlyAdmin):
    """That there is one, and nothing of it: a real name is for its person alone."""

    list_display = ["user"]
    fields = ["user"]
