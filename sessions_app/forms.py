"""Forms about sessions and recordings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.profile.vocabulary import INSTRUMENTS
from bands.models import Band, BandMember
from privacy.gate.audiences import OF_BANDS, Audience
from sessions_app.models import JamSession, Recording
from sessions_app.plan_fields import ONLY_LATER, PlanFields

CHILDS = (Audience.MEMBERS, Audience.PARTICIPANTS)


class SessionForm(PlanFields, forms.ModelForm[JamSession]):
    """A session, now or later; of one of the person's bands, where they have any.

    `like`: an old one, to fill it in from; `again`: the same time of the day, weeks later.
    """

    band = forms.ChoiceField(
        label=_("For a band"),
        required=False,
        help_text=_("The session stands on the band's page, for whoever may find it."),
    )

    def __init__(
        self,
        *args: Any,
        host: User,
        seats: Sequence[BandMember] = (),
        band: str = "",
        like: JamSession | None = None,
        again: bool = False,
        **kwargs: Any,
    ) -> None:
        if like is not None and like.band is not None:
            band = like.band.slug
        asked = any(seat.band.slug == band for seat in seats)
        # Most who open a room want it found by others who play, or by the band they came from.
        kwargs["initial"] = {
            "audience": Audience.BAND if asked else Audience.MEMBERS,
            "band": band if asked else "",
        }
        if like is not None:
            kwargs["initial"] |= {"title": like.title, "about": like.about}
            if asked or like.audience not in OF_BANDS:
                kwargs["initial"]["audience"] = like.audience
        super().__init__(*args, **kwargs)
        self.bands = {seat.band.slug: seat.band for seat in seats}
        if self.bands:
            named = [(slug, band.name) for slug, band in self.bands.items()]
            self.fields["band"].choices = [("", _("For no band")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["band"]
            without_bands(self)
        for_owner(self, host)
        self.begin(host)
        if like is not None:
            self.start_from(like, again=True)
        if like is not None and again:
            self.in_a_week(like, host)

    def values(self) -> dict[str, Any]:
        """Return what `services.sessions.open_session` takes, of a form that is in order."""
        said = {name: self.cleaned_data[name] for name in ("title", "about", "audience")}
        return {**said, "band": self.cleaned_data.get("band"), **self.plan()}

    def clean_band(self) -> Band | None:
        return self.bands.get(self.cleaned_data["band"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("audience") in OF_BANDS and values.get("band") is None:
            self.add_error("audience", _("Choose the band too, or another audience."))
        return values

    class Meta:
        model = JamSession
        fields = ["title", "about", "audience"]
        widgets = {"about": forms.Textarea(attrs={"rows": 3}), "audience": forms.RadioSelect}
        labels = {"audience": _("Who may find it")}
        help_texts = {
            "title": _("Shown to whoever may find the session."),
            "about": _("Style, tempo, what you are looking for. Shown with the title."),
        }


class SessionEditForm(PlanFields, forms.ModelForm[JamSession]):
    """All that a session says of itself; its time as long as its room isn't open."""

    def __init__(self, *args: Any, host: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.instance
        self.begin(host)
        self.start_from(session, again=False)
        self.initial["starts_at"] = session.starts_at
        gone = ["when"]
        if session.starts_at is None:
            gone += ONLY_LATER
        elif not session.is_coming:
            gone += ["date", "time", "zone"]
        if not session.is_coming:
            gone.append("places")
        for name in gone:
            self.fields.pop(name, None)
        if session.band_id is None:
            without_bands(self)
        for_owner(self, host)

    def values(self) -> dict[str, Any]:
        """Return the columns as they are to be, of a form that is in order."""
        said = {name: self.cleaned_data[name] for name in ("title", "about", "audience")}
        return {**said, **self.plan()}

    class Meta(SessionForm.Meta):
        pass


class SeatForm(forms.Form):
    """Which of a planned session's seats somebody takes; without wanted ones, with what."""

    instrument = forms.ChoiceField(label=_("Your instrument"), required=False)

    def __init__(self, *args: Any, seats: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["instrument"]
        named = [(slug, INSTRUMENTS[slug]) for slug in dict.fromkeys(seats or INSTRUMENTS)]
        field.choices = named if seats else [("", _("Whatever I bring")), *named]
        field.required = bool(seats)


def for_owner(form: Any, owner: User | None) -> None:
    """Offer a child what it can have: its circle is the widest that its things are shown to."""
    if owner is None or not owner.is_child:
        return
    field = form.fields["audience"]
    field.choices = [choice for choice in field.choices if choice[0] in CHILDS]
    field.circle = True  # "members" are then said as who they are


def without_bands(form: Any) -> None:
    """Take away the audiences that mean nobody without a band."""
    field = form.fields["audience"]
    field.choices = [choice for choice in field.choices if choice[0] not in OF_BANDS]


class DirectForm(forms.Form):
    """Whether somebody goes direct with people they know."""

    known = forms.BooleanField(
        label=_("Go direct with people I know"),
        help_text=_(
            "With those who have this on as well: who you follow and who follows you, who is in a "
            "band with you, and to whom you said yes before. They see your network address, and "
            "you theirs. Off: you are asked in each room."
        ),
        required=False,
    )


class SessionAudienceForm(forms.ModelForm[JamSession]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.band_id is None:
            without_bands(self)
        for_owner(self, self.instance.host)

    class Meta:
        model = JamSession
        fields = ["audience"]


class RecordingAudienceForm(forms.ModelForm[Recording]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.band_id is None:
            without_bands(self)
        for_owner(self, self.instance.owner)

    class Meta:
        model = Recording
        fields = ["audience"]


class RecordingTitleForm(forms.ModelForm[Recording]):
    class Meta:
        model = Recording
        fields = ["title"]
