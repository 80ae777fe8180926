"""Leaving, for staff: requests that reach support, legal holds, orders to outside services."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.admin import ReadOnlyAdmin
from privacy.erasure import holds, leaving_by_mail, provider_orders
from privacy.erasure.models import (
    DeletionOrder,
    Erasure,
    ErasureEvent,
    LeaveLink,
    LegalHold,
    Receipt,
)
from privacy.gate.models import Tombstone


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "stage", "way", "requested_at", "purge_at", "ended_at", "error"]
    list_filter = ["stage", "way", "status"]
    exclude = ["contact"]


@admin.register(ErasureEvent)
class ErasureEventAdmin(ReadOnlyAdmin):
    list_display = ["erasure", "stage", "at"]


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ["id", "erasure", "until"]


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ["erasure", "kind", "key_id", "issued_at"]


class AccountField(forms.CharField):
    """An account, by its username or address."""

    def clean(self, value: Any) -> Any:
        user = leaving_by_mail.find(super().clean(value))
        if user is None:
            raise ValidationError(_("No account has this username or address."))
        return user


class LeaveLinkForm(forms.ModelForm[LeaveLink]):
    account = AccountField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy(
            "Username or address. The link goes to the account's own address, whoever wrote."
        ),
    )

    class Meta:
        model = LeaveLink
        fields = ["received_on"]


@admin.register(LeaveLink)
class LeaveLinkAdmin(ReadOnlyAdmin):
    """A request that came by e-mail: recorded here, confirmed by its person."""

    list_display = ["public_id", "way", "received_on", "created_at", "expires_at", "used_at"]
    list_filter = ["way"]
    exclude = ["secret_hash"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("privacy.record_leave_request"))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs = {**kwargs, "form": LeaveLinkForm, "fields": ["received_on"]}
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["account", "received_on"] if obj is None else super().get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: LeaveLink, form: Any, change: bool) -> None:
        made = leaving_by_mail.record(
            form.cleaned_data["account"],
            by=request.user,
            received_on=obj.received_on or timezone.localdate(),
        )
        obj.__dict__.update(made.__dict__)


class LegalHoldForm(forms.ModelForm[LegalHold]):
    account = AccountField(label=gettext_lazy("Account"))

    class Meta:
        model = LegalHold
        fields = ["fields", "reason", "basis", "ends_at", "may_be_told"]

    def clean_fields(self) -> Any:  # the form's hook for the model's column `fields`
        names = self.cleaned_data["fields"]
        if not isinstance(names, list) or not names:
            raise ValidationError(_('A list of names, such as ["accounts.user.email"].'))
        unknown = holds.unknown(str(name) for name in names)
        if unknown:
            raise ValidationError(_("Not in the data map: %s") % ", ".join(unknown))
        return names

    def clean_ends_at(self) -> Any:
        ends = self.cleaned_data["ends_at"]
        if ends <= timezone.now():
            raise ValidationError(_("A hold ends in the future."))
        return ends


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    """Set with reason, basis and end; lifted by an action; never rewritten."""

    list_display = ["public_id", "begins_at", "ends_at", "lifted_at"]
    actions = ["lift"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("privacy.add_legalhold"))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            fields = ["fields", "reason", "basis", "ends_at", "may_be_told"]
            kwargs = {**kwargs, "form": LegalHoldForm, "fields": fields}
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["account", "fields", "reason", "basis", "ends_at", "may_be_told"]
        return super().get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        obj.user = form.cleaned_data["account"]
        obj.set_by_id = request.user.pk
        obj.save()

    @admin.action(description=gettext_lazy("Lift: what was kept may go"), permissions=["lift"])
    def lift(self, request: HttpRequest, rows: QuerySet[LegalHold]) -> None:
        count = sum(holds.lift(hold) for hold in rows)
        messages.success(request, _("%d holds were lifted.") % count)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("privacy.change_legalhold"))


class OverdueFilter(admin.SimpleListFilter):
    title = gettext_lazy("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("overdue"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        orders: QuerySet[Any] = provider_orders.overdue() if self.value() == "yes" else rows
        return orders


@admin.register(DeletionOrder)
class DeletionOrderAdmin(ReadOnlyAdmin):
    """What each outside service was told to delete; staff confirm those that can't themselves."""

    list_display = ["public_id", "provider", "state", "deadline", "overdue", "attempts", "error"]
    list_filter = [OverdueFilter, "state", "provider"]
    exclude = ["subject"]
    readonly_fields = ["known_by"]
    actions = ["confirm"]

    @admin.display(boolean=True)
    def overdue(self, order: DeletionOrder) -> bool:
        return order.is_overdue

    @admin.display(description=gettext_lazy("known there by"))
    def known_by(self, order: DeletionOrder) -> str:
        known_by = provider_orders.known_by_service(order)
        return ", ".join(f"{name}: {value}" for name, value in known_by.items() if name != "tokens")

    @admin.action(description=gettext_lazy("The service has deleted"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, rows: QuerySet[DeletionOrder]) -> None:
        count = sum(provider_orders.confirm(order, "by hand") for order in rows)
        messages.success(request, _("%d orders were confirmed.") % count)

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("privacy.confirm_deletion"))
