"""Pages of the machinery; each room has its own."""

from django.urls import path

from privacy import cookies, home
from privacy.consent import urls as consent
from privacy.datamap import urls as datamap
from privacy.erasure import urls as erasure
from privacy.notices import urls as notices
from privacy.policy import urls as policy
from privacy.portability import urls as portability
from privacy.sharing import urls as sharing
from privacy.staff_access import urls as staff_access
from privacy.subject_requests import urls as subject_requests
from privacy.telemetry import urls as telemetry

urlpatterns = [
    path("settings/privacy/", home.doors, name="privacy_home"),
    path("cookies/", cookies.cookies, name="cookies"),
    *policy.urlpatterns,
    *portability.urlpatterns,
    *subject_requests.urlpatterns,
    *notices.urlpatterns,
    *datamap.urlpatterns,
    *erasure.urlpatterns,
    *staff_access.urlpatterns,
    *consent.urlpatterns,
    *telemetry.urlpatterns,
    *sharing.urlpatterns,
]
