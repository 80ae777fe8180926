"""Leaving."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User


class LeaveForm(forms.Form):
    """Confirms leaving with the password, or with the username where there is none."""

    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            self.fields["password"] = forms.CharField(label=_("Type your username to confirm"))

    def clean_password(self) -> str:
        value: str = self.cleaned_data["password"]
        usable = self.user.has_usable_password()
        right = self.user.check_password(value) if usable else value == self.user.username
        if not right:
            raise ValidationError(_("That is not right. Nothing was changed."))
        return value
