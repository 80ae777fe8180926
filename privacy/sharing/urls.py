"""Share links and media."""

from django.urls import path

from privacy.sharing import media, views

urlpatterns = [
    path("shared/<str:key>/", views.shared, name="shared"),
    path("settings/sharing/<str:public_id>/revoke/", views.revoke, name="revoke_link"),
    path("media/<str:token>", media.media, name="media"),
]
