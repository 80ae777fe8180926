"""Partners, for the staff who look after them: verified, started, ended; who works there; consents.

Nothing here shows what a child does: only that a consent exists, how and when it was given.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity.models import User
from accounts.identity.suspension_admin import WordsForm
from foundation.admin import ReadOnlyAdmin
from privacy.staff_access.staff_actions import Deed, DeedForm, WithDeeds
from schools.models import (
    ClassSeat,
    ConsentWithdrawal,
    Enrolment,
    Guardianship,
    ParentalConsent,
    Partner,
    PartnerStaff,
    SchoolClass,
)
from schools.services import guardianship, partners


class PartnerForm(forms.ModelForm[Partner]):
    class Meta:
        model = Partner
        fields = ["name", "kind", "country", "website", "evidence"]


class VerifyForm(DeedForm):
    """How we made sure that a partner is who it says it is."""

    evidence = forms.CharField(
        label=gettext_lazy("how it was verified"),
        min_length=20,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For our staff alone."),
    )


@admin.register(Partner)
class PartnerAdmin(WithDeeds, ReadOnlyAdmin):
    """Taken in, verified then or later; started and ended by actions; never rewritten."""

    deeds = [
        Deed(
            "verify",
            gettext_lazy("Verify"),
            "schools.verify_partner",
            VerifyForm,
            lambda row, staff, said: partners.verify(row, staff, said["evidence"]),
            refusals=(partners.Refused,),
            offered=lambda request, row: row.state in {Partner.State.DRAFT, Partner.State.VERIFIED},
        )
    ]

    list_display = ["name", "kind", "country", "state", "verified_at", "ended_at"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "slug"]
    actions = ["start", "end"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, "verify_partner")

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return _may(request, "verify_partner")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else PartnerForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["name", "kind", "country", "website", "evidence"]})]

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:
        said = form.cleaned_data
        made = partners.open_partner(
            name=said["name"], kind=said["kind"], country=said["country"], website=said["website"]
        )
        try:
            made = partners.verify(made, request.user, said["evidence"])
        except partners.Refused as reason:
            messages.warning(request, str(reason))
        obj.__dict__.update(made.__dict__)

    @admin.action(description=gettext_lazy("Start: on the public list"), permissions=["verify"])
    def start(self, request: HttpRequest, rows: QuerySet[Partner]) -> None:
        for row in rows:
            try:
                partners.start(row)
            except partners.Refused as reason:
                messages.error(request, f"{row.name}: {reason}")

    @admin.action(
        description=gettext_lazy("End: every child's account stops"), permissions=["verify"]
    )
    def end(self, request: HttpRequest, rows: QuerySet[Partner]) -> None:
        for row in rows:
            partners.end(row, request.user)


class StaffForm(forms.ModelForm[PartnerStaff]):
    username = forms.CharField(label=gettext_lazy("Username"), max_length=30)

    class Meta:
        model = PartnerStaff
        fields = ["partner", "role"]

    def clean_username(self) -> User:
        user = User.objects.filter(username__iexact=self.cleaned_data["username"].strip()).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this username."))
        return user

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        user = values.get("username")
        if user is not None and (user.age_group != User.AgeGroup.ADULT or not user.is_present):
            self.add_error("username", _("Only an adult whose account is in use can work there."))
        return values


@admin.register(PartnerStaff)
class PartnerStaffAdmin(ReadOnlyAdmin):
    list_display = ["partner_name", "user", "role", "since", "ended"]
    list_filter = ["role"]
    search_fields = ["partner__name", "user__username"]
    list_select_related = ["partner", "user"]
    actions = ["dismiss"]

    @admin.display(description=gettext_lazy("partner"))
    def partner_name(self, row: PartnerStaff) -> str:
        return row.partner.name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, "staff_partner")

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return _may(request, "staff_partner")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else StaffForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["partner", "username", "role"]})]

    def save_model(self, request: HttpRequest, obj: PartnerStaff, form: Any, change: bool) -> None:
        said = form.cleaned_data
        made = partners.employ(said["partner"], said["username"], said["role"])
        obj.__dict__.update(made.__dict__)

    @admin.action(description=gettext_lazy("No longer works there"), permissions=["dismiss"])
    def dismiss(self, request: HttpRequest, rows: QuerySet[PartnerStaff]) -> None:
        for row in rows:
            partners.dismiss(row)


@admin.register(SchoolClass)
class SchoolClassAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "partner", "name", "term", "created_at", "closed_at"]


@admin.register(ClassSeat)
class ClassSeatAdmin(ReadOnlyAdmin):
    list_display = ["school_class", "part", "since", "ended"]
    list_filter = ["part"]


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "partner_name", "created_at", "stopped_at",
                    "delete_at"]  # fmt: skip
    list_select_related = ["partner"]
    search_fields = ["public_id", "partner__name"]

    @admin.display(description=gettext_lazy("partner"))
    def partner_name(self, row: Enrolment) -> str:
        return row.partner.name


@admin.register(ParentalConsent)
class ParentalConsentAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "scope", "method", "given_on", "recorded_at"]
    list_filter = ["scope", "method"]


@admin.register(ConsentWithdrawal)
class ConsentWithdrawalAdmin(ReadOnlyAdmin):
    list_display = ["consent", "by", "at"]
    list_filter = ["by"]


def _may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.is_authenticated and request.user.has_perm(f"schools.{permission}"))


@admin.register(Guardianship)
class GuardianshipAdmin(WithDeeds, ReadOnlyAdmin):
    list_display = ["guardian", "child", "since", "ended", "ended_by"]
    search_fields = ["guardian__username", "child__username"]
    deeds = [
        Deed(
            "end",
            gettext_lazy("End it"),
            "schools.end_guardianship",
            WordsForm,
            lambda row, staff, said: guardianship.end(
                row, by="staff", person=staff, because=said["text"]
            ),
            offered=lambda request, row: row.ended is None,
        )
    ]
