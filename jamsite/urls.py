"""Every address of the site. A new one must be placed in tests/privacy/routes.py."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from jamsite import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("privacy.urls")),
    path("", include("accounts.urls")),
    path("", include("schools.urls")),
    path("", include("bands.urls")),
    path("", include("sessions_app.urls")),
    path("", include("messaging.urls")),
    path("", include("community.urls")),
    path("account/", include("allauth.urls")),
    path("api/", include("jamsite.api_urls")),
    path("admin/", admin.site.urls),
]

handler404 = "jamsite.views.not_found"
handler500 = "jamsite.views.server_error"

if settings.DEVELOPMENT_PAGES:
    urlpatterns += [
        path("styleguide/", views.styleguide, name="styleguide"),
        path("dev/mail/", views.mail, name="dev_mail"),
    ]
