"""Making an account, and its addresses."""

import secrets
from typing import Any

from allauth.account.forms import AddEmailForm, BaseSignupForm, SignupForm
from allauth.core import context
from django.db import transaction
from django.http import HttpRequest

from accounts import entrance
from accounts.models import User
from privacy.consent import Channel
from privacy.forms import NewsChoice


class SameForAll(BaseSignupForm):  # type: ignore[misc]
    """Mixin for sign-up forms: an address that is taken costs the same work as a free one.

    The account is made, under a name of nowhere, and taken back before the transaction ends; so
    neither the answer nor its time tells which it was.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        age = entrance.age_known(context.request) if context.request else None
        if age is None or age.group != User.AgeGroup.ADULT:
            # A person of whom we don't know that they are an adult is offered no news.
            self.fields.pop("news", None)

    def try_save(self, request: HttpRequest) -> Any:
        try:
            if self.account_already_exists:
                self._work_in_vain(request)
                return super().try_save(request)
            with transaction.atomic():
                return super().try_save(request)
        finally:
            entrance.forget_age(request)

    def _work_in_vain(self, request: HttpRequest) -> None:
        values: dict[str, Any] = self.cleaned_data
        nowhere = {"email": f"{secrets.token_hex(8)}@nowhere.invalid"}
        self.cleaned_data: dict[str, Any] = {**values, **nowhere}
        self.account_already_exists = False
        try:
            with transaction.atomic():
                self.save(request)
                transaction.set_rollback(True)
        finally:
            self.cleaned_data, self.account_already_exists = values, True


class SignUpForm(SameForAll, NewsChoice, SignupForm):  # type: ignore[misc]
    """An account of one's own; news are chosen here or not, as in every form."""

    form_name = "sign-up"
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
