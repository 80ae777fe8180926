"""The frameworks' tables, for staff: to look at, without secrets."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailConfirmation
from allauth.socialaccount.models import SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from foundation.admin import ReadOnlyAdmin

# Staff come in by the same door as everybody: its rate limits and its mail check hold for them.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_title = admin.site.site_header = "Jamsite"
admin.site.index_title = "Staff"

for model in (SocialToken, UserSession):
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


@admin.register(SocialToken)
class SocialTokenAdmin(ReadOnlyAdmin):
    list_display = ["id", "expires_at"]
    exclude = ["token", "token_secret"]


@admin.register(EmailConfirmation)
class EmailConfirmationAdmin(ReadOnlyAdmin):
    list_display = ["id", "created", "sent"]
    exclude = ["key"]


admin.site.register([ContentType, Permission], ReadOnlyAdmin)
