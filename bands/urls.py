from django.urls import path

from bands.views import pages, people

urlpatterns = [
    path("bands/", pages.index, name="bands"),
    path("bands/new/", pages.found, name="found_band"),
    path("bands/invites/<str:public_id>/", people.answer_invite, name="band_invite"),
    path("bands/follows/<str:public_id>/", people.change_follow, name="change_band_follow"),
    path("bands/<slug:slug>/edit/", pages.edit, name="edit_band"),
    path("bands/<slug:slug>/end/", pages.end, name="end_band"),
    path("bands/<slug:slug>/members/", people.people, name="band_members"),
    path("bands/<slug:slug>/members/<str:public_id>/", people.change_member, name="band_member"),
    path("bands/<slug:slug>/mine/", people.my_place, name="band_place"),
    path("bands/<slug:slug>/leave/", people.leave, name="leave_band"),
    path("bands/<slug:slug>/follow/", people.follow, name="follow_band"),
]
