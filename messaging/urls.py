from django.urls import path

from messaging import views

urlpatterns = [
    path("messages/", views.index, name="conversations"),
    path("messages/<str:public_id>/", views.conversation, name="conversation"),
]
