"""Finding musicians."""

from django.urls import path

from accounts.discovery import views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("open-to-jam/", views.open_to_jam, name="open_to_jam"),
]
