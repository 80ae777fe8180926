"""Forms of the community app."""

from django import forms

from accounts.models import Profile


class FavouritesForm(forms.ModelForm[Profile]):
    class Meta:
        model = Profile
        fields = ["favourites_audience"]
