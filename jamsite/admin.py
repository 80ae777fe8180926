"""The frameworks' tables, for staff: to look at, without secrets."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from foundation.admin import ReadOnlyAdmin
from jamsite import people_admin

__all__ = ["people_admin"]  # its page is registered with ours

for model in (
    Authenticator,
    EmailAddress,
    Group,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
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
    list_display = ["user", "verified", "primary"]
    list_filter = ["verified", "primary"]
    search_fields = ["=email", "user__username"]


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


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Roles and what each may: written in `jamsite.roles`, and nowhere by hand."""


@admin.register(SocialApp)
class SocialAppAdmin(ReadOnlyAdmin):
    """Networks are set up in the settings of the site; a row here would go past them."""

    list_display = ["name", "provider"]
    exclude = ["secret", "key", "settings"]


admin.site.register([ContentType, Permission], ReadOnlyAdmin)
