"""Who of the staff looked at whose data, for the privacy officer."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.admin import ReadOnlyAdmin
from privacy import datamap
from privacy.staff_access import disclosures
from privacy.staff_access.models import AccessLogEntry, Disclosure, LegalDisclosure


@admin.register(AccessLogEntry)
class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ["at", "staff", "role", "user", "model", "why"]
    list_filter = ["why", "role", "model"]
    list_select_related = ["staff", "user"]
    date_hierarchy = "at"


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    list_display = ["at", "recipient", "user", "purpose", "basis", "failed"]
    list_filter = ["provider", "purpose", "failed"]
    list_select_related = ["user"]


def categories() -> list[tuple[str, str]]:
    """Return the kinds of personal data that the data map knows, for choosing."""
    data = (datum for item in datamap.held() for datum in item.fields.values())
    known = {datum.category for datum in data if datum.personal}
    return [(category, category) for category in sorted(known)]


class LegalForm(forms.ModelForm[LegalDisclosure]):
    """What an authority asked for and what it got, person by person."""

    username = forms.CharField(label=gettext_lazy("Username"), max_length=30)
    asked_categories = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds asked for, or needed"), widget=forms.CheckboxSelectMultiple
    )
    given_categories = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds given"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than was asked for, or needed."),
    )

    class Meta:
        model = LegalDisclosure
        fields = [
            "ground", "authority", "law", "order", "asked", "disclosed_at",
            "secret_until", "secret_because",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("asked_categories", "given_categories"):
            field: Any = self.fields[name]
            field.choices = categories()
        self.fields["disclosed_at"].initial = timezone.now()

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        try:
            self.person = get_user_model()._default_manager.get(username__iexact=name)
        except get_user_model().DoesNotExist:
            raise forms.ValidationError(_("There is no account with this username.")) from None
        return name

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        extra = set(values.get("given_categories", [])) - set(values.get("asked_categories", []))
        if extra:
            self.add_error(
                "given_categories",
                _("Not asked for: %(names)s.") % {"names": ", ".join(sorted(extra))},
            )
        if values.get("ground") == LegalDisclosure.Ground.LAW and not values.get("order"):
            self.add_error("order", _("Give the order's date and reference."))
        if values.get("secret_until") and not values.get("secret_because"):
            self.add_error("secret_because", _("Say what forbids telling the person."))
        return values


@admin.register(LegalDisclosure)
class LegalDisclosureAdmin(ReadOnlyAdmin):
    list_display = ["disclosed_at", "ground", "authority", "user", "secret_until", "told_at"]
    list_filter = ["ground", "told_at"]
    list_select_related = ["user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(
            request.user.is_authenticated and request.user.has_perm("privacy.add_legaldisclosure")
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else LegalForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        names = ["username", "ground", "authority", "law", "order", "asked", "asked_categories",
                 "given_categories", "disclosed_at", "secret_until", "secret_because"]  # fmt: skip
        return [(None, {"fields": names})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Record it through the service, which tells the person or waits for the ban to end."""
        if change:
            raise PermissionDenied
        values = {**form.cleaned_data}
        del values["username"]
        made = disclosures.record_legal(request.user, form.person, **values)
        obj.pk = made.pk
        if made.told_at is None:
            messages.info(request, _("The person is told by itself when the ban ends."))
