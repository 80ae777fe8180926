"""Forms about oneself."""

from typing import Any

from allauth.account.forms import AddEmailForm, SignupForm
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User
from accounts.services.profiles import clean_photo, replace_photo
from privacy.consent import Channel
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


class SignUpForm(NewsChoice, SignupForm):  # type: ignore[misc]
    """An account of one's own; news are chosen here or not, as in every form."""

    form_name = "sign-up"
    channel = Channel.SIGN_UP

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        self.record_news(user, request)
        return user


class NetworkSignUpForm(NewsChoice, SocialSignupForm):  # type: ignore[misc]
    """The same through a network."""

    form_name = "sign-up through a network"
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


class SharingForm(forms.ModelForm[User]):
    """Who may follow without asking, and whether apps and search engines may look."""

    class Meta:
        model = User
        fields = ["approves_followers", "api_access", "indexed"]


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
