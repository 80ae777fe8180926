from django.urls import path

from sessions_app.api import views

urlpatterns = [
    path("sessions/", views.SessionList.as_view(), name="api_sessions"),
    path("sessions/<str:public_id>/", views.SessionDetail.as_view(), name="api_session"),
    path("recordings/", views.RecordingList.as_view(), name="api_recordings"),
    path("recordings/<str:public_id>/", views.RecordingDetail.as_view(), name="api_recording"),
    path("stems/<str:public_id>/", views.StemDetail.as_view(), name="api_stem"),
    path("stems/<str:public_id>/chunks/<int:number>/", views.StemChunk.as_view(), name="api_chunk"),
    path("stems/<str:public_id>/complete/", views.StemComplete.as_view(), name="api_complete"),
    path("me/storage/", views.StorageDetail.as_view(), name="api_storage"),
]
