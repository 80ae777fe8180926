"""Where apps sign up and in: allauth's headless flows, ours in front where they differ."""

from allauth.headless.constants import Client
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from accounts.networks.api import AppNetworkSignUpView, AppTokenView
from accounts.sign_in.api import AppResetView, AppSignUpView

LEFT_OUT = (
    "auth/sessions",  # names sign-ins by our own keys
    "auth/phone/verify",  # a telephone number is no way in here
    "auth/phone/verify/resend",
    "account/phone",
    # An app signs in with the proof of a network's own kit. A browser goes by our pages, where
    # networks are connected and taken away too.
    "auth/provider/redirect",
    "account/providers",
)


def left_out(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("app/v1/auth/signup", AppSignUpView.as_api_view(client=Client.APP), name="app_sign_up"),
    path(
        "app/v1/auth/password/request",
        AppResetView.as_api_view(client=Client.APP),
        name="app_reset",
    ),
    path(
        "app/v1/auth/provider/token",
        AppTokenView.as_api_view(client=Client.APP),
        name="app_network",
    ),
    path(
        "app/v1/auth/provider/signup",
        AppNetworkSignUpView.as_api_view(client=Client.APP),
        name="app_network_sign_up",
    ),
    *(path(f"app/v1/{route}", left_out) for route in LEFT_OUT),
    path("", include("allauth.headless.urls")),
]
