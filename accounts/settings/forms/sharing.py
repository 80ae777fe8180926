"""Switches of sharing."""

from django import forms

from accounts.identity.models import User


class SharingForm(forms.ModelForm[User]):
    """Who may follow without asking and write, whether apps and search engines may look."""

    class Meta:
        model = User
        fields = ["approves_followers", "strangers_may_write", "api_access", "indexed"]
