"""The settings."""

from django.urls import path

from accounts.settings.views import account, home, notifications, sharing

urlpatterns = [
    path("settings/", home.home, name="settings"),
    path("settings/account/", account.account, name="account_settings"),
    path("settings/account/username/", account.change_username, name="change_username"),
    path("settings/security/", home.security, name="security_settings"),
    path("settings/notifications/", notifications.notifications, name="notification_settings"),
    path("settings/sharing/", sharing.sharing, name="sharing"),
    path("settings/leave/", home.leave, name="leave"),
    path("settings/leave/cancel/", home.leave_cancel, name="leave_cancel"),
]
