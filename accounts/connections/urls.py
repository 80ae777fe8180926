"""Follows, mutes, blocks."""

from django.urls import path

from accounts.connections import views

urlpatterns = [
    path("settings/blocks/", views.blocks, name="blocks"),
    path("settings/blocks/<str:public_id>/", views.unblock, name="unblock"),
    path("settings/mutes/", views.mutes, name="mutes"),
    path("settings/mutes/<str:public_id>/", views.unmute, name="unmute"),
    path("settings/followers/", views.followers, name="followers"),
    path("settings/followers/<str:public_id>/", views.change_follow, name="change_follow"),
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("@<str:username>/mute/", views.mute, name="mute"),
    path("@<str:username>/block/", views.block, name="block"),
]
