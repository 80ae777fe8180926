"""Making an account, and its addresses."""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    BaseSignupForm,
    LoginForm,
    ResetPasswordForm,
    SignupForm,
    default_token_generator,
)
from allauth.account.models import EmailAddress
from allauth.core import context
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.identity.allauth_internals import add_email_verification_sent_message, complete_signup
from accounts.identity.models import User
from accounts.security import guarding
from accounts.security.services import locks
from accounts.sign_in import age_gate
from privacy.consent import Channel
from privacy.notices.forms import NewsChoice
from privacy.policy import agreements


class TermsNumber(forms.HiddenInput):
    """The number of the terms that the page shows: those in force now, whatever was sent before."""

    def __init__(self, number: int | None) -> None:
        super().__init__()
        self.number = number

    def format_value(self, value: Any) -> Any:
        return self.number


class SameForAll(BaseSignupForm):  # type: ignore[misc]
    """Mixin for sign-up forms: an address that is taken costs the same work as a free one.

    Both go the same way: the account is made, its sign-in waits for a letter, and one letter goes
    out. For a taken address it is all taken back, under a name of nowhere, before the letter; so
    neither the answer nor its time tells which it was.

    `terms` is the number of the terms of service that were shown; the account's record says so.
    """

    agreed_through = agreements.Channel.SIGN_UP
    account_already_exists: bool
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        age = age_gate.age_known(context.request) if context.request else None
        if age is None or age.group != User.AgeGroup.ADULT:
            # A person of whom we don't know that they are an adult is offered no news.
            self.fields.pop("news", None)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("We send a link there. Open it, and the account works.")
        self.terms_number = agreements.now().number
        self.fields["terms"] = forms.IntegerField(
            widget=TermsNumber(self.terms_number),
            initial=self.terms_number,
            error_messages={
                "required": _("Say which version of the terms of service was shown: /terms/."),
                "invalid": _("Say which version of the terms of service was shown: /terms/."),
            },
        )

    def clean_terms(self) -> int:
        """Take a yes to the version in force alone: another may have come meanwhile."""
        number: int = self.cleaned_data["terms"]
        if number != self.terms_number:
            raise forms.ValidationError(
                _("The terms of service changed. Read version %(number)d, then sign up."),
                code="terms_changed",
                params={"number": self.terms_number},
            )
        return number

    def try_save(self, request: HttpRequest) -> Any:
        self.in_vain = taken = self.account_already_exists
        self.account_already_exists = False
        email = self.cleaned_data["email"]
        if taken:
            self.cleaned_data = {
                **self.cleaned_data,
                "email": f"{secrets.token_hex(8)}@nowhere.invalid",
            }
        try:
            with transaction.atomic():  # one commit, whichever it was
                with transaction.atomic(), guarding.letters_held(request) as letters:
                    user, answer = super().try_save(request)
                    if answer is None:  # else somebody filled the field that people don't see
                        agreements.agree(user, self.cleaned_data["terms"], self.agreed_through)
                        answer = self.complete(request, user)
                    transaction.set_rollback(taken)
                for address in letters:
                    self._write(request, email, None if taken else (user, address))
        finally:
            age_gate.forget_age(request)
        return None if taken else user, answer

    def _write(
        self, request: HttpRequest, email: str, made: tuple[User, EmailAddress] | None
    ) -> None:
        if made is None:
            get_adapter().send_account_already_exists_mail(email)
        else:
            user, address = made
            address.user = user  # which it would ask for
            address.send_confirmation(request, signup=True)
        add_email_verification_sent_message(request, email, signup=True)

    def complete(self, request: HttpRequest, user: User) -> HttpResponse:
        """Go on to where an account's first sign-in waits; return the answer."""
        answer: HttpResponse = complete_signup(request, user=user)
        return answer


class SignUpForm(SameForAll, NewsChoice, SignupForm):  # type: ignore[misc]
    """An account of one's own; news are chosen here or not, as in every form."""

    form_name = "sign-up"
    channel = Channel.SIGN_UP

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        self.record_news(user, request)
        return user


class SignInForm(LoginForm):  # type: ignore[misc]
    """A name and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail address")


class AddressForm(NewsChoice, AddEmailForm):  # type: ignore[misc]
    """One more address."""

    form_name = "e-mail address"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "We send a link there. Until you have opened it, the address does nothing here."
        )

    def save(self, request: HttpRequest) -> Any:
        self.record_news(self.user, request)
        return super().save(request)


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """A link that sets a new password: the same work for an address that nobody has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        self.users = locks.who_may_reset(email)
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if not self.users:
            # In vain: what making a link asks, and its time.
            EmailAddress.objects.filter(email=self.cleaned_data["email"], user_id=0).exists()
            default_token_generator.make_token(User(pk=0))
        email: str = super().save(request, **kwargs)
        return email
