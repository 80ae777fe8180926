from django.urls import path

from community import seen, views

urlpatterns = [
    path("@<str:username>/", views.profile, name="profile"),
    path("settings/seen/", seen.seen, name="seen"),
    path("settings/seen/who/", seen.seen_who, name="seen_who"),
    path("recordings/<str:public_id>/who/", seen.recording_who, name="recording_who"),
    path("jams/<str:public_id>/who/", seen.jam_who, name="jam_who"),
    path("favourites/", views.favourites, name="favourites"),
    path("recordings/<str:public_id>/favourite/", views.favourite, name="favourite"),
]
