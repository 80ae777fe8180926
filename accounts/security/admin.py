"""What keeps an account its owner's, for staff: never a secret."""

from django.contrib import admin

from accounts.security.models import AccountLock, KnownDevice, SafetyEvent, SafetyLink
from foundation.admin import ReadOnlyAdmin


@admin.register(KnownDevice)
class KnownDeviceAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "last_used_at"]
    exclude = ["secret_hash"]


@admin.register(SafetyEvent)
class SafetyEventAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["user__username"]


@admin.register(SafetyLink)
class SafetyLinkAdmin(ReadOnlyAdmin):
    list_display = ["does", "created_at", "expires_at", "used_at"]
    exclude = ["secret_hash", "address", "kept"]


@admin.register(AccountLock)
class AccountLockAdmin(ReadOnlyAdmin):
    list_display = ["user", "locked_at", "ended_at"]
    search_fields = ["user__username"]
    exclude = ["address"]
