"""Sign-ins, locks, confirming that it is you."""

from django.urls import path

from accounts.security.views import confirm, locks, sign_ins

urlpatterns = [
    path("settings/sign-ins/", sign_ins.listed, name="sign_ins"),
    path("settings/sign-ins/end/", sign_ins.end, name="end_sign_in"),
    path("settings/sign-ins/end-others/", sign_ins.end_others, name="end_other_sign_ins"),
    path("settings/security/log/", sign_ins.log, name="safety_log"),
    path("account/sessions/", sign_ins.moved),
    path("lock/", locks.lock_by_mail, name="lock_by_mail"),
    path("lock/<str:secret>/", locks.link, name="safety_link"),
    path("settings/confirm/", confirm.ask, name="confirm_by_mail"),
    path("settings/confirm/<str:token>/", confirm.answer, name="confirm_by_link"),
]
