from django.urls import path

from community import views

urlpatterns = [
    path("@<str:username>/", views.profile, name="profile"),
    path("favourites/", views.favourites, name="favourites"),
    path("recordings/<str:public_id>/favourite/", views.favourite, name="favourite"),
]
