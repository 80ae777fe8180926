from django.urls import path

from bands.api import views

urlpatterns = [
    path("bands/", views.BandList.as_view(), name="api_bands"),
    path("bands/<slug:slug>/", views.BandDetail.as_view(), name="api_band"),
]
