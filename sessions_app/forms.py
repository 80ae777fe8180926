"""Forms about sessions and recordings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import JamSession, Recording


class SessionForm(forms.ModelForm[JamSession]):
    class Meta:
        model = JamSession
        fields = ["title", "about", "audience"]
        widgets = {"about": forms.Textarea(attrs={"rows": 3}), "audience": forms.RadioSelect}
        labels = {"audience": _("Who may find it")}
        help_texts = {
            "title": _("Shown to whoever may find the session."),
            "about": _("Style, tempo, what you are looking for. Shown with the title."),
        }


class SessionAudienceForm(forms.ModelForm[JamSession]):
    class Meta:
        model = JamSession
        fields = ["audience"]


class RecordingAudienceForm(forms.ModelForm[Recording]):
    class Meta:
        model = Recording
        fields = ["audience"]


class RecordingTitleForm(forms.ModelForm[Recording]):
    class Meta:
        model = Recording
        fields = ["title"]
