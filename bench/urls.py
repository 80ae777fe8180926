"""Every address of the site, and a view that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from jamsite.urls import urlpatterns as site


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


urlpatterns = [path("bench/empty/", empty), *site]
