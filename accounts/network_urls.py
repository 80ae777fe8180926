"""Steps at networks: allauth's, each wrapped, and our own. They stand before allauth's own."""

from allauth.socialaccount.providers.apple import views as apple
from allauth.socialaccount.providers.facebook import views as facebook
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.providers.twitter_oauth2 import views as x
from django.urls import path

from accounts.views import networks

urlpatterns = [
    path("account/3rdparty/", networks.moved),
    path("account/3rdparty/signup/", networks.sign_up, name="socialaccount_signup"),
    path("account/3rdparty/drop/", networks.drop, name="drop_arrived"),
    path("account/apple/login/", networks.careful(apple.oauth2_login)),
    path("account/apple/login/callback/", networks.careful(networks.apple_posts)),
    path("account/apple/login/callback/finish/", networks.careful(apple.oauth2_finish_login)),
    path("account/apple/notifications/", networks.apple_tells, name="apple_tells"),
    path("account/facebook/ended/", networks.facebook_tells, name="facebook_tells"),
    path("account/facebook/deletion/", networks.facebook_deletes, name="facebook_deletes"),
    path(
        "account/facebook/deletion/<str:code>/", networks.facebook_deleted, name="facebook_deleted"
    ),
    path("account/facebook/login/", networks.careful(facebook.oauth2_login)),
    path("account/facebook/login/callback/", networks.careful(facebook.oauth2_callback)),
    path("account/facebook/login/token/", networks.missing),
    path("account/google/login/", networks.careful(google.oauth2_login)),
    path("account/google/login/callback/", networks.careful(google.oauth2_callback)),
    path("account/google/login/token/", networks.missing),
    path("account/twitter_oauth2/login/", networks.careful(x.oauth2_login)),
    path("account/twitter_oauth2/login/callback/", networks.careful(x.oauth2_callback)),
    path("account/oidc/<str:provider_id>/login/", networks.careful(openid.login)),
    path("account/oidc/<str:provider_id>/login/callback/", networks.careful(openid.callback)),
    path("settings/networks/", networks.home, name="networks"),
    path("settings/networks/connect/<str:provider_id>/", networks.connect, name="connect_network"),
    path("settings/networks/facts/<str:public_id>/", networks.forget, name="forget_fact"),
    path("settings/networks/<str:public_id>/", networks.take_away, name="take_away_network"),
]
