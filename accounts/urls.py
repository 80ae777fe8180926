from django.urls import path

from accounts.views import profiles, settings

urlpatterns = [
    path("settings/", settings.home, name="settings"),
    path("settings/profile/", profiles.edit_profile, name="edit_profile"),
    path("settings/leave/", settings.leave, name="leave"),
    path("settings/leave/cancel/", settings.leave_cancel, name="leave_cancel"),
]
