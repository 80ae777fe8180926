from django.urls import path

from sessions_app.api import chat, planning, views

urlpatterns = [
    path("sessions/", views.SessionList.as_view(), name="api_sessions"),
    path("sessions/<str:public_id>/", views.SessionDetail.as_view(), name="api_session"),
    path("sessions/<str:public_id>/chat/", chat.SessionChat.as_view(), name="api_session_chat"),
    path(
        "sessions/<str:public_id>/answers/",
        planning.SessionAnswers.as_view(),
        name="api_session_answers",
    ),
    path(
        "sessions/<str:public_id>/answers/<str:rsvp_id>/",
        planning.SessionDecision.as_view(),
        name="api_session_decision",
    ),
    path(
        "sessions/<str:public_id>/answer/",
        planning.SessionAnswer.as_view(),
        name="api_session_answer",
    ),
    path(
        "sessions/<str:public_id>/cancel/",
        planning.SessionCancel.as_view(),
        name="api_session_cancel",
    ),
    path("sessions/<str:public_id>/open/", planning.SessionOpen.as_view(), name="api_session_open"),
    path("recordings/", views.RecordingList.as_view(), name="api_recordings"),
    path("recordings/<str:public_id>/", views.RecordingDetail.as_view(), name="api_recording"),
    path("stems/<str:public_id>/", views.StemDetail.as_view(), name="api_stem"),
    path("stems/<str:public_id>/chunks/<int:number>/", views.StemChunk.as_view(), name="api_chunk"),
    path("stems/<str:public_id>/complete/", views.StemComplete.as_view(), name="api_complete"),
    path("me/storage/", views.StorageDetail.as_view(), name="api_storage"),
]
