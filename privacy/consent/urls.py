"""Purposes, cookies, Global Privacy Control."""

from django.urls import path

from privacy.consent import views

urlpatterns = [
    path("settings/consent/", views.page, name="consent"),
    path(".well-known/gpc.json", views.gpc, name="gpc"),
]
