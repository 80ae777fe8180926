from django.urls import path

from privacy import media
from privacy.views import exports, policy

urlpatterns = [
    path("privacy/", policy.page, name="policy"),
    path("settings/data/", exports.exports, name="exports"),
    path("settings/data/<str:public_id>/", exports.download, name="export_download"),
    path("media/<str:token>", media.media, name="media"),
]
