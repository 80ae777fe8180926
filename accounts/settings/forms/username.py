"""A new username."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.profile.services import usernames
from foundation.moments import day_in_words
from privacy.notices.forms import NewsChoice


class UsernameForm(NewsChoice):
    """One field; the rules for names are those of sign-up."""

    form_name = "username"

    username = forms.CharField(
        label=_("New username"),
        max_length=30,
        help_text=_("3 to 30 of the letters a to z, digits, and - or _ between them."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        self.person = person

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if name == self.person.username:
            raise ValidationError(_("That is your username already."))
        if not usernames.is_free(name, self.person):
            raise ValidationError(_("This username can't be used. Choose another one."))
        again_at = usernames.may_change_at(self.person, name)
        if again_at is not None:
            raise ValidationError(
                _(
                    "You changed it a short while ago. Before %(day)s you can only go back to an "
                    "earlier name of yours."
                ),
                params={"day": day_in_words(again_at, self.person)},
            )
        return str(get_adapter().clean_username(name, shallow=True))
