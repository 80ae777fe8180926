from django.urls import path

from accounts.views import confirm, profiles, settings

urlpatterns = [
    path("settings/", settings.home, name="settings"),
    path("settings/profile/", profiles.edit_profile, name="edit_profile"),
    path("settings/confirm/", confirm.ask, name="confirm_by_mail"),
    path("settings/confirm/<str:token>/", confirm.answer, name="confirm_by_link"),
    path("settings/leave/", settings.leave, name="leave"),
    path("settings/leave/cancel/", settings.leave_cancel, name="leave_cancel"),
]
