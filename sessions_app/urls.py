from django.urls import path

from sessions_app.views import hosting, recordings, sessions, storage

urlpatterns = [
    path("jam/", sessions.index, name="jams"),
    path("jam/new/", sessions.create, name="create_jam"),
    path("jam/<str:public_id>/", sessions.detail, name="jam"),
    path("jam/<str:public_id>/room/", sessions.room, name="room"),
    path("jam/<str:public_id>/join/", sessions.join, name="join_jam"),
    path("jam/<str:public_id>/audience/", sessions.change_audience, name="jam_audience"),
    path("jam/<str:public_id>/band/", sessions.take_off_band, name="jam_off_band"),
    path("jam/<str:public_id>/links/", sessions.make_link, name="make_jam_link"),
    path("jam/<str:public_id>/keep/", sessions.keep_open, name="keep_jam"),
    path("jam/<str:public_id>/wait/", hosting.wait, name="wait_at_jam"),
    path("jam/<str:public_id>/door/", hosting.door, name="jam_door"),
    path("jam/<str:public_id>/person/", hosting.person, name="jam_person"),
    path("jam/<str:public_id>/close/", sessions.close, name="close_jam"),
    path("jam/<str:public_id>/delete/", sessions.delete, name="delete_jam"),
    path("jam/<str:public_id>/invites/", sessions.make_invite, name="make_invite"),
    path(
        "jam/<str:public_id>/invites/<str:invite_id>/revoke/",
        sessions.revoke_invite,
        name="revoke_invite",
    ),
    path("i/<str:token>/", sessions.invite, name="invite"),
    path("recordings/", recordings.index, name="recordings"),
    path("recordings/<str:public_id>/", recordings.detail, name="recording"),
    path("recordings/<str:public_id>/audio/", recordings.audio, name="recording_audio"),
    path("recordings/<str:public_id>/peaks/", recordings.peaks, name="recording_peaks"),
    path(
        "recordings/<str:public_id>/audience/",
        recordings.change_audience,
        name="recording_audience",
    ),
    path(
        "recordings/<str:public_id>/band/",
        recordings.take_off_band,
        name="recording_off_band",
    ),
    path("recordings/<str:public_id>/links/", recordings.make_link, name="make_recording_link"),
    path("recordings/<str:public_id>/mix/", recordings.mix_again, name="mix_again"),
    path("recordings/<str:public_id>/title/", recordings.rename, name="rename_recording"),
    path("recordings/<str:public_id>/withdraw/", recordings.withdraw, name="withdraw_stem"),
    path("recordings/<str:public_id>/saving/", recordings.share_stem, name="share_stem"),
    path("recordings/<str:public_id>/delete/", recordings.delete, name="delete_recording"),
    path("settings/storage/", storage.page, name="storage"),
    path("stems/<str:public_id>/peaks/", recordings.stem_peaks, name="stem_peaks"),
]
