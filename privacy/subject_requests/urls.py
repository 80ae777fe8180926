"""Data subject requests, from members and from anybody."""

from django.urls import path

from privacy.subject_requests import views

urlpatterns = [
    path("privacy/requests/", views.public, name="public_requests"),
    path("privacy/requests/<str:token>/", views.by_link, name="request_link"),
    path("settings/requests/", views.mine, name="requests"),
    path("settings/requests/lift/", views.lift, name="lift_restriction"),
    path("settings/requests/<str:public_id>/", views.one, name="request"),
    path("settings/requests/<str:public_id>/write/", views.write, name="write_request"),
    path("settings/requests/<str:public_id>/report/", views.report, name="request_report"),
]
