"""Connected networks, for staff."""

from django.contrib import admin

from accounts.networks.models import Connection, NetworkFact
from foundation.admin import ReadOnlyAdmin


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """That somebody connected a network; neither its permission nor what was kept from it."""

    list_display = ["public_id", "user"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    exclude = ["grant"]


@admin.register(NetworkFact)
class NetworkFactAdmin(ReadOnlyAdmin):
    """That somebody kept something from a network, and since when; not what it says."""

    list_display = ["public_id", "user", "kept_at"]
    list_select_related = ["user"]
    exclude = ["name", "value"]
