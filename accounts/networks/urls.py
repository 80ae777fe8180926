"""Steps at networks: allauth's, each wrapped, and our own. They stand before allauth's own."""

from allauth.socialaccount.providers.apple import views as apple
from allauth.socialaccount.providers.facebook import views as facebook
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.providers.twitter_oauth2 import views as x
from django.urls import path

from accounts.networks import views

urlpatterns = [
    path("account/3rdparty/", views.moved),
    path("account/3rdparty/signup/", views.sign_up, name="socialaccount_signup"),
    path("account/3rdparty/drop/", views.drop, name="drop_arrived"),
    path("account/apple/login/", views.careful(apple.oauth2_login)),
    path("account/apple/login/callback/", views.careful(views.apple_posts)),
    path("account/apple/login/callback/finish/", views.careful(apple.oauth2_finish_login)),
    path("account/apple/notifications/", views.apple_tells, name="apple_tells"),
    path("account/facebook/ended/", views.facebook_tells, name="facebook_tells"),
    path("account/facebook/deletion/", views.facebook_deletes, name="facebook_deletes"),
    path("account/facebook/deletion/<str:code>/", views.facebook_deleted, name="facebook_deleted"),
    path("account/facebook/login/", views.careful(facebook.oauth2_login)),
    path("account/facebook/login/callback/", views.careful(facebook.oauth2_callback)),
    path("account/facebook/login/token/", views.missing),
    path("account/google/login/", views.careful(google.oauth2_login)),
    path("account/google/login/callback/", views.careful(google.oauth2_callback)),
    path("account/google/login/token/", views.missing),
    path("account/twitter_oauth2/login/", views.careful(x.oauth2_login)),
    path("account/twitter_oauth2/login/callback/", views.careful(x.oauth2_callback)),
    path("account/oidc/<str:provider_id>/login/", views.careful(openid.login)),
    path("account/oidc/<str:provider_id>/login/callback/", views.careful(openid.callback)),
    path("settings/networks/", views.home, name="networks"),
    path("settings/networks/connect/<str:provider_id>/", views.connect, name="connect_network"),
    path("settings/networks/facts/<str:public_id>/", views.forget, name="forget_fact"),
    path("settings/networks/<str:public_id>/", views.take_away, name="take_away_network"),
]
