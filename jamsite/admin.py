"""The frameworks' tables, for staff: to look at, without secrets."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from foundation.admin import ReadOnlyAdmin
from foundation.words import masked_address

for model in (Authenticator, EmailAddress, SocialAccount, SocialToken, UserSession):
    admin.site.unregister(model)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["action_time", "user", "content_type", "object_id", "action_flag"]
    list_filter = ["action_flag", "content_type"]


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["expire_date"]
    list_display_links = None  # the key is the cookie: nobody reads it here
    exclude = ["session_key", "session_data"]


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "last_seen_at"]
    exclude = ["session_key"]


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """That somebody has a second factor, and since when; no key, no code, no name of a key."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    exclude = ["data"]


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ["user", "masked_email", "verified", "primary"]
    list_filter = ["verified", "primary"]
    list_select_related = ["user"]
    search_fields = ["email", "user__username"]

    @admin.display(description="e-mail")
    def masked_email(self, obj: EmailAddress) -> str:
        return masked_address(obj.email)


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    list_display = ["user", "provider", "date_joined", "last_login"]
    list_filter = ["provider"]
    list_select_related = ["user"]


@admin.register(SocialToken)
class SocialTokenAdmin(ReadOnlyAdmin):
    list_display = ["id", "expires_at"]
    exclude = ["token", "token_secret"]


@admin.register(EmailConfirmation)
class EmailConfirmationAdmin(ReadOnlyAdmin):
    list_display = ["id", "created", "sent"]
    exclude = ["key"]


admin.site.register([ContentType, Permission], ReadOnlyAdmin)
