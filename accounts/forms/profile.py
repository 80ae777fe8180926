"""What a person shows of themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile
from accounts.services.profiles import clean_photo, replace_photo
from privacy.forms import NewsChoice

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"


class ProfileForm(NewsChoice, forms.ModelForm[Profile]):
    """What a person shows of themselves; each field with its audience beside it."""

    form_name = "profile"

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=_("JPEG, PNG, WebP or GIF, up to 8 MB. Place and camera data are removed."),
    )

    class Meta:
        model = Profile
        fields = ["photo", "photo_audience", "bio", "bio_audience", "status", "status_audience"]
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "bio": _("Up to 2000 characters."),
            "status": _("One line, such as what you are looking for."),
        }

    def clean_photo(self) -> Any:
        """Return the picture made anew, False to remove it, or the stored one unchanged."""
        upload = self.cleaned_data.get("photo")
        if upload and "photo" in self.changed_data:
            return clean_photo(upload)
        return upload

    def save(self, commit: bool = True) -> Profile:
        profile: Profile = self.instance
        photo = self.cleaned_data["photo"]
        if "photo" not in self.changed_data:
            profile.save()
        else:
            profile.photo = self.initial.get("photo") or ""
            replace_photo(profile, photo or None)
        return profile
