"""Switches of sharing."""

from django import forms

from accounts.identity.models import User
from accounts.identity.switches import SWITCHES


class SharingForm(forms.ModelForm[User]):
    """Who may follow without asking and write, whether apps and search engines may look."""

    class Meta:
        model = User
        fields = list(SWITCHES)
