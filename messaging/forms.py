"""Forms about conversations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.services import MAX_LENGTH


class MessageForm(forms.Form):
    ref = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Message"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


class StartForm(forms.Form):
    username = forms.CharField(label=_("Username"), max_length=30)
