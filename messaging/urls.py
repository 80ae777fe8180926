from django.urls import path

from messaging import views

urlpatterns = [
    path("messages/", views.index, name="conversations"),
    path("messages/<str:public_id>/", views.conversation, name="conversation"),
    path("messages/<str:public_id>/delete/", views.delete_message, name="delete_message"),
]
