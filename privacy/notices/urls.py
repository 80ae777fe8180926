"""Notices, and the newsletter."""

from django.urls import path

from privacy.notices import views

urlpatterns = [
    path("notices/", views.index, name="notices"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("news/confirm/<str:token>/", views.confirm, name="confirm_news"),
]
