"""Signing up and in by an app: allauth's headless flows, with the same rules as the pages."""

import dataclasses
from datetime import date
from typing import Any

from allauth.core import context
from allauth.headless.account.inputs import SignupInput
from allauth.headless.account.views import RequestPasswordResetView, SignupView
from allauth.headless.adapter import DefaultHeadlessAdapter
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity.allauth_internals import inputs
from accounts.identity.services import ages
from accounts.sign_in import age_gate
from accounts.sign_in.forms.age import born_on
from accounts.sign_in.forms.sign_up import ResetForm, SameForAll
from foundation.addresses import absolute
from privacy.policy.agreements import Channel


class AgeInput(inputs.Input):  # type: ignore[misc]
    """Mixin: the date of birth, in the request that makes an account. It is not stored."""

    birth_date = inputs.CharField()

    def clean_birth_date(self) -> date:
        try:
            birth = date.fromisoformat(self.cleaned_data["birth_date"])
        except ValueError:
            raise ValidationError(_("Write a date as 2001-12-31."), code="invalid") from None
        return born_on(birth.year, birth.month, birth.day)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "birth_date" in values:
            age = ages.age_of(values["birth_date"])
            if age is None:
                # Nothing else is told, whatever the other fields hold.
                self.errors.clear()
                raise age_gate.not_yet()
            age_gate.remember_age(context.request, age)
        return values


class AppSignUpInput(AgeInput, SameForAll, SignupInput):  # type: ignore[misc]
    """E-mail, username, password, the date of birth, and which terms of service were shown."""

    agreed_through = Channel.APP


class AppSignUpView(SignupView):  # type: ignore[misc]
    input_class = {"POST": AppSignUpInput}


class AppResetInput(ResetForm, inputs.Input):  # type: ignore[misc]
    """The address that a link to a new password goes to."""


class AppResetView(RequestPasswordResetView):  # type: ignore[misc]
    input_class = AppResetInput


@dataclasses.dataclass
class Person:
    """What an app is told of who signs in."""

    id: str
    username: str
    display: str
    email: str
    has_usable_password: bool


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """People are named by their public id; our own keys stay on the server."""

    def get_frontend_url(self, urlname: str, **kwargs: str) -> str | None:
        """Return the address that a letter names, of pages and apps alike: this site's own.

        allauth builds it from the request's `Host` unless it is told here, and whoever sends the
        request chooses that.
        """
        key = kwargs.get("key", "")
        if urlname == "account_confirm_email":
            return absolute(reverse(urlname, args=[key]))
        if urlname == "account_reset_password_from_key":
            user, _dash, secret = key.partition("-")
            return absolute(reverse(urlname, kwargs={"uidb36": user, "key": secret}))
        if urlname in {"account_reset_password", "account_signup"}:
            return absolute(reverse(urlname))
        return None

    def get_user_dataclass(self) -> type[Person]:
        return Person

    def user_as_dataclass(self, user: Any) -> Person:
        name = user.username
        return Person(user.public_id, name, name, user.email, user.has_usable_password())
