"""The API, its schema and its documentation page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.discovery.api import PeopleList
from accounts.profile.api.me import MeView, PersonView
from accounts.profile.api.vocabularies import GenreWords, InstrumentWords, LanguageWords

urlpatterns = [
    path("auth/", include("accounts.auth_urls")),
    path("v1/people/", PeopleList.as_view(), name="api_people"),
    path("v1/me/", MeView.as_view(), name="api_me"),
    path("v1/instruments/", InstrumentWords.as_view(), name="api_instruments"),
    path("v1/genres/", GenreWords.as_view(), name="api_genres"),
    path("v1/languages/", LanguageWords.as_view(), name="api_languages"),
    path("v1/people/<str:username>/", PersonView.as_view(), name="api_person"),
    path("v1/", include("bands.api.urls")),
    path("v1/", include("sessions_app.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
]
