"""Forms about bands. Each field that others will see stands beside its audience."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.profile import checks
from accounts.profile.inputs.photos import PhotoField
from accounts.profile.models import MAX_GENRES
from accounts.profile.vocabulary import GENRES
from bands.models import Band, BandMember
from bands.services.bands import check_slug, replace_photo


class FoundForm(forms.ModelForm[Band]):
    """A new band: its name, its address, who may see it."""

    class Meta:
        model = Band
        fields = ["name", "slug", "audience"]
        widgets = {"audience": forms.RadioSelect}
        labels = {"audience": _("Who may see the band")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "slug"):
            self.fields[name].seen_by = _("Whoever may see the band sees it: you choose below.")  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        check_slug(slug)
        return slug


class BandForm(forms.ModelForm[Band]):
    """The page of a band."""

    photo = PhotoField(label=_("Photo"))
    genres = forms.MultipleChoiceField(
        label=_("Genres"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Up to 12."),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Pages of the band elsewhere, one a line, up to six, each with https://."),
    )

    class Meta:
        model = Band
        fields = [
            "name", "audience", "photo", "photo_audience", "about", "about_audience", "genres",
            "genres_audience", "links", "links_audience", "approves_followers",
        ]  # fmt: skip
        widgets = {
            "about": forms.Textarea(attrs={"rows": 6}),
            "audience": forms.RadioSelect,
        }
        labels = {"audience": _("Who may see the band")}
        help_texts = {
            "about": _("Up to 2000 characters. **bold**, *italic*, lists and links work.")
        }

    def __init__(self, *args: Any, by: int, **kwargs: Any) -> None:
        """`by`: key of who edits the page, whose photos are counted."""
        self.by = by
        super().__init__(*args, **kwargs)
        named = sorted(GENRES.items(), key=lambda pair: str(pair[1]))
        self.fields["genres"].choices = named  # type: ignore[attr-defined]
        ticked = self["genres"].value() or []
        chosen = ", ".join(str(word) for slug, word in named if slug in ticked)
        self.fields["genres"].chosen_words = chosen or _("none chosen")  # type: ignore[attr-defined]
        self.initial["links"] = "\n".join(self.instance.links)
        self.fields["name"].seen_by = _("Whoever may see the band sees it.")  # type: ignore[attr-defined]

    def clean_photo(self) -> Any:
        """Return the picture made anew, False to remove it, or the stored one unchanged."""
        upload = self.cleaned_data.get("photo")
        if upload and "photo" in self.changed_data:
            return self.fields["photo"].take(upload, self.by).sizes["photo"]  # type: ignore[attr-defined]
        return upload

    def clean_genres(self) -> list[str]:
        return checks.slugs(self.cleaned_data["genres"], GENRES, MAX_GENRES)

    def clean_links(self) -> list[str]:
        return checks.links(self.cleaned_data["links"].splitlines())

    def save(self, commit: bool = True) -> Band:
        band: Band = self.instance
        photo = self.cleaned_data["photo"]
        if "photo" not in self.changed_data:
            band.save()
        else:
            band.photo = self.initial.get("photo") or ""
            replace_photo(band, photo or None)
        return band


class SeatForm(forms.ModelForm[BandMember]):
    """What one plays in a band, and who may see that one is in it."""

    class Meta:
        model = BandMember
        fields = ["plays", "audience"]
        widgets = {"audience": forms.RadioSelect}
        labels = {"audience": _("Who may see that you are in it")}
        help_texts = {"audience": _("The band itself always sees who is in it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plays"].seen_by = _("Whoever may see that you are in the band sees it.")  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Names somebody to ask."""

    username = forms.CharField(
        label=_("Username"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("They are asked. They are in the band only if they say yes."),
    )
    username.seen_by = _("They see the band, and that you ask.")  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Confirms the end of a band with its address."""

    slug = forms.CharField(label=_("Type the band's address to confirm"), max_length=40)

    def __init__(self, *args: Any, band: Band, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.band = band

    def clean_slug(self) -> str:
        value: str = self.cleaned_data["slug"]
        if value.strip() != self.band.slug:
            raise forms.ValidationError(_("That is not the band's address. Nothing was changed."))
        return value
