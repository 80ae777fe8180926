"""Usage statistics and crash reports."""

from django.urls import path

from privacy.telemetry import views

urlpatterns = [
    path("settings/consent/usage/", views.mine, name="usage"),
    path("statistics/", views.statistics, name="statistics"),
    path("crash/", views.crash, name="crash"),
]
