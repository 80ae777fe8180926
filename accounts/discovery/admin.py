"""What people are found by, for staff."""

from django.contrib import admin

from accounts.discovery.models import Findable
from foundation.admin import ReadOnlyAdmin


@admin.register(Findable)
class FindableAdmin(ReadOnlyAdmin):
    """That somebody wants to be found, and until when they are open to jam; not by which words."""

    list_display = ["user", "week", "open_until"]
    list_select_related = ["user"]
    exclude = ["public", "members", "followers", "jammed"]
