"""What a person shows of themselves; each field with its audience beside it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.profile.fields import PROFILE_FIELDS, SECTIONS, ProfileField
from accounts.profile.models import CHILD_FIELDS, Profile
from accounts.profile.queries import my_real_name
from accounts.profile.services.profiles import replace_photo, write_profile
from foundation.spelling import check_name
from privacy.notices.forms import NewsChoice


class ProfileForm(NewsChoice, forms.Form):
    """Everything is optional, and changed or emptied at any time.

    Its fields are those of `PROFILE_FIELDS`, each with an audience, and the two below. A child is
    asked for what `CHILD_FIELDS` names and nothing else.
    """

    form_name = "profile"

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
        self.person = person
        asked = [field for field in PROFILE_FIELDS.values() if self._asks(field)]
        kwargs["initial"] = {"findable": profile.findable, "real_name": my_real_name(person)}
        for profile_field in asked:
            kwargs["initial"] |= profile_field.initial(profile)
        super().__init__(*args, person=person, **kwargs)
        if person.is_child:
            self.fields = {}
            self.news_agreed = False
        self.asked: list[tuple[ProfileField, list[str]]] = []  # each with the names of its inputs
        for profile_field in asked:
            inputs = profile_field.inputs(profile)
            self.fields |= inputs
            self.asked.append((profile_field, list(inputs)))
        if person.is_child:
            for field in self.fields.values():
                field.seen_by = _("You, who looks after you, and your class.")  # type: ignore[attr-defined]
            return
        self.fields["real_name"].seen_by = _(  # type: ignore[attr-defined]
            "Nobody but you, ever: it is for your account alone."
        )
        self._add_audiences()

    def _asks(self, field: ProfileField) -> bool:
        return not self.person.is_child or field.name in CHILD_FIELDS

    def _add_audiences(self) -> None:
        for field, _inputs in self.asked:
            column: Any = field.audience
            self.fields[column.name] = forms.ChoiceField(
                label=_("Who sees it"),
                choices=column.choices,
                required=False,
                initial=getattr(self.profile, column.name),
                widget=forms.RadioSelect,
            )

    def sections(self) -> list[dict[str, Any]]:
        """Return the form in parts, for the page."""
        groups = []
        for section in SECTIONS:
            parts = [
                self._part(field) for field, _inputs in self.asked if field.section == section.key
            ]
            parts += [{"field": self[name]} for name in section.also if name in self.fields]
            if parts:
                about = {"key": section.key, "title": section.title, "text": section.text}
                groups.append({**about, "parts": parts})
        return groups

    def _part(self, field: ProfileField) -> dict[str, Any]:
        audience = f"{field.name}_audience"
        return {
            "kind": field.kind,
            "label": field.label,
            "field": self[field.input],
            "audience": self[audience] if audience in self.fields else None,
            "town": self["town"] if field.kind == "place" else None,
            "folds": getattr(field, "folds", False),
            "suggests": getattr(field, "suggests", ()),
            "chosen": self._chosen(field.input) if field.kind == "tags" else "",
        }

    def _chosen(self, name: str) -> str:
        """Return what is ticked, in words."""
        ticked = self[name].value() or []
        choices: Any = self.fields[name]
        return ", ".join(str(label) for slug, label in choices.choices if slug in ticked)

    @property
    def open_until(self) -> Any:
        return self.profile.available_until if self.profile.is_available else None

    def clean_photo(self) -> Any:
        """Return the picture made anew, False to remove it, or the stored one unchanged."""
        upload = self.cleaned_data.get("photo")
        if not isinstance(upload, UploadedFile):
            return upload
        return self.fields["photo"].take(upload, self.profile.user_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        self.columns: dict[str, Any] = {}
        for field, inputs in self.asked:
            if all(name in values for name in inputs):
                self._take(field, values)
        for name in self.fields:
            if name.endswith("_audience") and name in values:
                self.columns[name] = values[name] or self._audience_before(name)
        return values

    def _take(self, field: ProfileField, values: dict[str, Any]) -> None:
        try:
            self.columns |= field.clean(values, self.profile)
        except ValidationError as fault:
            self.add_error(field.faults_at, fault)

    def _audience_before(self, name: str) -> str:
        if self.add_prefix(name) in self.data:
            self.add_error(name, _("Choose who sees it."))
        return str(getattr(self.profile, name))

    def save(self) -> None:
        """Write it all at once."""
        values, columns = self.cleaned_data, dict(self.columns)
        instruments, real = columns.pop("instruments", None), values.get("real_name")
        if "findable" in values:
            columns["findable"] = values["findable"]
        if real is not None:
            real = " ".join(real.split())
        profile = write_profile(self.person, columns, instruments=instruments, real_name=real)
        if "photo" in self.changed_data:
            replace_photo(profile, values.get("photo") or None)
