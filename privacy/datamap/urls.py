"""What Jamsite holds."""

from django.urls import path

from privacy.datamap import views

urlpatterns = [
    path("settings/held/", views.held, name="held"),
    path("settings/held/<slug:slug>/", views.held_kind, name="held_kind"),
    path("settings/held/<slug:slug>/remove/", views.held_remove, name="held_remove"),
]
