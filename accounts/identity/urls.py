"""What a suspended person reads."""

from django.urls import path

from accounts.identity import views

urlpatterns = [
    path("suspended/", views.suspended, name="suspended"),
]
