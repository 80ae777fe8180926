"""Copies."""

from django.urls import path

from privacy.portability import views

urlpatterns = [
    path("privacy/export.schema.json", views.format_schema, name="export_schema"),
    path("settings/data/", views.exports, name="exports"),
    path("settings/data/<str:public_id>/", views.download, name="export_download"),
]
