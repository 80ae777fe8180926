from django.urls import path

from accounts.views import confirm, entrance, profiles, settings, sharing, ties

urlpatterns = [
    path("account/signup/", entrance.sign_up, name="account_signup"),  # before allauth's own
    path("account/signup/age/", entrance.age, name="sign_up_age"),
    path("account/signup/later/", entrance.later, name="sign_up_later"),
    path("settings/", settings.home, name="settings"),
    path("settings/account/", settings.account, name="account_settings"),
    path("settings/security/", settings.security, name="security_settings"),
    path("settings/notifications/", settings.notifications, name="notification_settings"),
    path("settings/profile/", profiles.edit_profile, name="edit_profile"),
    path("settings/profile/preview/", profiles.preview_bio, name="preview_bio"),
    path("settings/profile/towns/", profiles.towns, name="towns"),
    path("settings/confirm/", confirm.ask, name="confirm_by_mail"),
    path("settings/confirm/<str:token>/", confirm.answer, name="confirm_by_link"),
    path("settings/blocks/", ties.blocks, name="blocks"),
    path("settings/blocks/<str:public_id>/", ties.unblock, name="unblock"),
    path("settings/mutes/", ties.mutes, name="mutes"),
    path("settings/mutes/<str:public_id>/", ties.unmute, name="unmute"),
    path("settings/followers/", ties.followers, name="followers"),
    path("settings/followers/<str:public_id>/", ties.change_follow, name="change_follow"),
    path("settings/sharing/", sharing.sharing, name="sharing"),
    path("@<str:username>/follow/", ties.follow, name="follow"),
    path("@<str:username>/mute/", ties.mute, name="mute"),
    path("@<str:username>/block/", ties.block, name="block"),
    path("settings/leave/", settings.leave, name="leave"),
    path("settings/leave/cancel/", settings.leave_cancel, name="leave_cancel"),
]
