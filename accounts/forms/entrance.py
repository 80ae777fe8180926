"""Making an account, and its addresses."""

from typing import Any

from allauth.account.forms import AddEmailForm, SignupForm
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django.http import HttpRequest

from privacy.consent import Channel
from privacy.forms import NewsChoice


class SignUpForm(NewsChoice, SignupForm):  # type: ignore[misc]
    """An account of one's own; news are chosen here or not, as in every form."""

    form_name = "sign-up"
    channel = Channel.SIGN_UP

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        self.record_news(user, request)
        return user


class NetworkSignUpForm(NewsChoice, SocialSignupForm):  # type: ignore[misc]
    """The same through a network."""

    form_name = "sign-up through a network"
    channel = Channel.SIGN_UP

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        self.record_news(user, request)
        return user


class AddressForm(NewsChoice, AddEmailForm):  # type: ignore[misc]
    """One more address."""

    form_name = "e-mail address"

    def save(self, request: HttpRequest) -> Any:
        self.record_news(self.user, request)
        return super().save(request)
