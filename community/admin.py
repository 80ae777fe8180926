from django.contrib import admin

from community.models import Favourite
from foundation.admin import ReadOnlyAdmin


@admin.register(Favourite)
class FavouriteAdmin(ReadOnlyAdmin):
    list_display = ["user", "recording", "created_at"]
