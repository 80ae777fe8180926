"""What a person shows of themselves; each field with its audience beside it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.profile import checks, places
from accounts.profile.forms.photos import PhotoField
from accounts.profile.forms.rows import InstrumentRows, LanguageRows
from accounts.profile.models import CHILD_FIELDS, FIELDS, Plays, Profile
from accounts.profile.queries import my_real_name
from accounts.profile.services.profiles import replace_photo, write_profile
from accounts.profile.vocabulary import GENDERS, GENRES, Role
from foundation.spelling import check_name
from privacy.notices.forms import NewsChoice

KEEP = "keep"
HOURS = (1, 3, 24, 72, 168)


SECTIONS = (
    ("you", _("You"), "", ("photo", "stage_name", "status", "bio", "roles")),
    ("music", _("Music"), "", ("instruments", "genres", "available", "findable")),
    ("contact", _("Where and how"), "", ("country", "languages", "links", "phone")),
    (
        "private",
        _("Only if you like"),
        _("Nobody but you sees these unless you say so here."),
        ("birthday", "gender", "real_name"),
    ),
)
KINDS = {
    "instruments": "rows",
    "languages": "rows",
    "roles": "tags",
    "genres": "tags",
    "country": "place",
}


class _Choices(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class ProfileForm(NewsChoice, forms.Form):
    """Everything is optional, and changed or emptied at any time.

    A child is asked for what `CHILD_FIELDS` names and nothing else.
    """

    form_name = "profile"

    photo = PhotoField(label=_("Photo"))
    stage_name = forms.CharField(
        label=_("Stage name"),
        required=False,
        max_length=60,
        help_text=_("The name on your page. Your username stays your address."),
    )
    status = forms.CharField(
        label=_("Status"),
        required=False,
        max_length=140,
        help_text=_("One line, such as what you are looking for."),
    )
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Up to 2000 characters. **bold**, *italic*, lists and links work."),
    )
    roles = _Choices(label=_("I am here as"), required=False, choices=Role.choices)
    available = forms.ChoiceField(
        label=_("Open to jam"),
        required=False,
        help_text=_("Ends by itself. Nothing is kept of it."),
    )
    instruments = forms.Field(label=_("Instruments"), required=False, widget=InstrumentRows)
    genres = _Choices(label=_("Genres"), required=False, help_text=_("Up to 12."))
    languages = forms.Field(
        label=_("Languages"),
        required=False,
        widget=LanguageRows,
        help_text=_("Those you can talk about music in. Up to 8."),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    town = forms.CharField(
        label=_("Town"),
        required=False,
        max_length=120,
        help_text=_("A town of more than 15,000 people near you; never a finer place."),
        widget=forms.TextInput(attrs={"list": "towns", "autocomplete": "off"}),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "inputmode": "url"}),
        help_text=_("One address a line, up to 6, beginning with https://."),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("With the country, such as +49 30 123456."),
    )
    birthday = forms.CharField(
        label=_("Birthday"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"type": "date", "autocomplete": "bday"}),
    )
    gender = forms.CharField(
        label=_("Gender"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": "genders", "autocomplete": "off"}),
        help_text=_("In your own words."),
    )
    real_name = forms.CharField(
        label=_("Real name"),
        required=False,
        max_length=120,
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    findable = forms.BooleanField(
        label=_("Musicians may find me"),
        required=False,
        help_text=_(
            "On: you are found by what you play, and by whatever else the one who looks may see. "
            "Off: you are in no list of musicians."
        ),
    )

    def __init__(self, *args: Any, profile: Profile, person: User, **kwargs: Any) -> None:
        self.profile = profile
        played = Plays.objects.filter(user=person).values_list("instrument", "level")
        kwargs["initial"] = {
            **{name: getattr(profile, name) for name in self._plain()},
            "photo": profile.photo,
            "instruments": list(played),
            "languages": list(profile.languages),
            "links": "\n".join(profile.links),
            "birthday": profile.birthday.isoformat() if profile.birthday else "",
            "available": KEEP if profile.is_available else "",
            "real_name": my_real_name(person),
        }
        super().__init__(*args, person=person, **kwargs)
        self.person = person
        if person.is_child:
            self.fields = {name: self.fields[name] for name in CHILD_FIELDS}
            self.news_agreed = False
            seen_by: Any = _("You, who looks after you, and your class.")
            self.fields["instruments"].seen_by = seen_by  # type: ignore[attr-defined]
            return
        self._offer()
        self._add_audiences()

    @staticmethod
    def _plain() -> Iterator[str]:
        yield from ("stage_name", "status", "bio", "roles", "genres", "country", "town")
        yield from ("phone", "gender", "findable")

    def _offer(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["genres"].choices = sorted(GENRES.items(), key=lambda one: places.fold(str(one[1])))
        nowhere = [("", _("not told"))]
        fields["country"].choices = nowhere + places.country_names(get_language() or "en")
        fields["available"].choices = self._spans()
        fields["real_name"].seen_by = _("Nobody but you, ever: it is for your account alone.")
        fields["links"].widget.attrs["placeholder"] = "https://"

    def _spans(self) -> list[tuple[str, Any]]:
        spans: list[tuple[str, Any]] = [("", _("not now"))]
        if self.profile.is_available:
            spans.insert(0, (KEEP, _("as it is")))
        for hours in HOURS:
            days = hours // 24
            words = (
                ngettext("for %(n)d day", "for %(n)d days", days) % {"n": days}
                if days
                else ngettext("for %(n)d hour", "for %(n)d hours", hours) % {"n": hours}
            )
            spans.append((str(hours), words))
        return spans

    def _add_audiences(self) -> None:
        for name in FIELDS:
            column: Any = Profile._meta.get_field(f"{name}_audience")
            self.fields[f"{name}_audience"] = forms.ChoiceField(
                label=_("Who sees it"),
                choices=column.choices,
                required=False,
                initial=getattr(self.profile, f"{name}_audience"),
                widget=forms.RadioSelect,
            )

    def sections(self) -> list[dict[str, Any]]:
        """Return the form in parts, for the page."""
        found = []
        for key, title, text, names in SECTIONS:
            parts = [self._part(name) for name in names if name in self.fields]
            if parts:
                found.append({"key": key, "title": title, "text": text, "parts": parts})
        return found

    def _part(self, name: str) -> dict[str, Any]:
        kind = KINDS.get(name, "")
        audience = f"{'place' if kind == 'place' else name}_audience"
        return {
            "kind": kind,
            "field": self[name],
            "audience": self[audience] if audience in self.fields else None,
            "town": self["town"] if kind == "place" else None,
            "folds": name == "genres",
            "chosen": self._chosen(name) if kind == "tags" else "",
        }

    def _chosen(self, name: str) -> str:
        """Return what is ticked, in words."""
        ticked = self[name].value() or []
        choices: Any = self.fields[name]
        return ", ".join(str(label) for slug, label in choices.choices if slug in ticked)

    @property
    def genders(self) -> tuple[Any, ...]:
        return GENDERS

    @property
    def open_until(self) -> Any:
        return self.profile.available_until if self.profile.is_available else None

    def clean_photo(self) -> Any:
        """Return the picture made anew, False to remove it, or the stored one unchanged."""
        upload = self.cleaned_data.get("photo")
        if not isinstance(upload, UploadedFile):
            return upload
        return self.fields["photo"].take(upload, self.profile.user_id)  # type: ignore[attr-defined]

    def clean_links(self) -> list[str]:
        return checks.links(self.cleaned_data["links"].splitlines())

    def clean_available(self) -> Any:
        chosen = self.cleaned_data["available"]
        if chosen == KEEP:
            return self.profile.available_until
        return timezone.now() + timedelta(hours=int(chosen)) if chosen else None

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name, check in checks.COLUMNS.items():
            if name in values and name != "links":
                self._check(values, name, lambda check=check, name=name: check(values[name]))
        if "instruments" in values:
            self._check(values, "instruments", lambda: checks.instruments(values["instruments"]))
        if "country" in values and "town" in values:
            self._check(values, "town", lambda: self._place(values))
        for name in self.fields:
            if name.endswith("_audience") and name in values and not values[name]:
                if self.add_prefix(name) in self.data:
                    self.add_error(name, _("Choose who sees it."))
                values[name] = getattr(self.profile, name)
        return values

    def _check(self, values: dict[str, Any], name: str, check: Any) -> None:
        try:
            values[name] = check()
        except ValidationError as fault:
            self.add_error(name, fault)

    def _place(self, values: dict[str, Any]) -> checks.Place:
        same = (values["country"], values["town"]) == (self.profile.country, self.profile.town)
        key = self.profile.town_id if same else None  # of two towns of one name, the one it was
        if key is not None:
            return checks.place(values["country"], key=key)
        return checks.place(values["country"], values["town"])

    def save(self) -> None:
        """Write it all at once."""
        values = dict(self.cleaned_data)
        photo = values.pop("photo", None)
        columns = {name: value for name, value in values.items() if name not in {"town", "country"}}
        if "town" in values:
            columns |= dict(zip(("country", "town_id", "town"), values["town"], strict=True))
        if "available" in columns:
            columns["available_until"] = columns.pop("available")
        instruments, real = columns.pop("instruments", None), columns.pop("real_name", None)
        if real is not None:
            real = " ".join(real.split())
        profile = write_profile(self.person, columns, instruments=instruments, real_name=real)
        if "photo" in self.changed_data:
            replace_photo(profile, photo or None)
