"""One's own profile."""

from django.urls import path

from accounts.profile import views

urlpatterns = [
    path("settings/profile/", views.edit_profile, name="edit_profile"),
    path("settings/profile/preview/", views.preview_bio, name="preview_bio"),
    path("settings/profile/towns/", views.towns, name="towns"),
]
