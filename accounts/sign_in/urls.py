"""Signing up: the age question first."""

from django.urls import path

from accounts.sign_in import views

urlpatterns = [
    path("account/signup/", views.sign_up, name="account_signup"),  # before allauth's own
    path("account/signup/age/", views.age, name="sign_up_age"),
    path("account/signup/later/", views.later, name="sign_up_later"),
]
