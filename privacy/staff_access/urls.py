"""Disclosures, and the access log."""

from django.urls import path

from privacy.staff_access import views

urlpatterns = [
    path("settings/disclosures/", views.received, name="disclosures"),
    path("settings/access-log/", views.access_log, name="access_log"),
]
