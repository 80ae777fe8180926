"""Profiles, for staff."""

from django.contrib import admin

from accounts.profile.fields import PROFILE_FIELDS
from accounts.profile.models import Plays, Profile, RealName
from foundation.admin import ReadOnlyAdmin


@admin.register(Profile)
class ProfileAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "user", "updated_at"]
    search_fields = ["user__username"]
    # What is for nobody else unless its person says so: no role needs it; a person's copy has it.
    exclude = [
        column
        for field in PROFILE_FIELDS.values()
        if field.begins_private
        for column in field.columns
    ]


@admin.register(Plays)
class PlaysAdmin(ReadOnlyAdmin):
    list_display = ["user", "instrument", "level"]


@admin.register(RealName)
class RealNameAdmin(ReadOnlyAdmin):
    """That there is one, and nothing of it: a real name is for its person alone."""

    list_display = ["user"]
    fields = ["user"]
