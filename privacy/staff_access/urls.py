"""Disclosures, and looks of staff."""

from django.urls import path

from privacy.staff_access import views

urlpatterns = [
    path("settings/disclosures/", views.received, name="disclosures"),
    path("settings/looks/", views.looks, name="looks"),
]
