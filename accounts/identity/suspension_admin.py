"""Suspensions, for staff: set on a person's page, ended and decided on their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Suspension, User
from accounts.identity.services import suspensions
from foundation.admin import ReadOnlyAdmin
from privacy.staff_access.staff_actions import Deed, DeedForm, WithDeeds

DAYS = [(1, _("1 day")), (3, _("3 days")), (7, _("7 days")), (30, _("30 days")),
        (90, _("90 days")), (365, _("365 days"))]  # fmt: skip


class SuspendForm(DeedForm):
    ground = forms.ChoiceField(label=_("Ground"), choices=Suspension.Ground.choices)
    days = forms.TypedChoiceField(label=_("For how long"), choices=DAYS, coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=20,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What happened, and where. The person reads these words; name nobody else."),
    )


class WordsForm(DeedForm):
    text = forms.CharField(
        label=_("Why"),
        min_length=8,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Those whom it is about read these words; name nobody else."),
    )


class DecideForm(WordsForm):
    lift = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("", "–"), ("no", _("It stays")), ("yes", _("It ends now"))],
        coerce=lambda said: said == "yes",
        widget=forms.Select,
    )
    field_order = ["lift", "text"]


def _may_be_suspended(request: HttpRequest, person: User) -> bool:
    above = person.is_staff or person.is_superuser or person.pk == request.user.pk
    return not above and not person.is_leaving and not suspensions.is_suspended(person)


SUSPEND = Deed(
    "suspend",
    _("Suspend"),
    "accounts.suspend_user",
    SuspendForm,
    lambda row, staff, said: suspensions.suspend(row, staff, **said),
    refusals=(suspensions.Refused,),
    offered=_may_be_suspended,
)


@admin.register(Suspension)
class SuspensionAdmin(WithDeeds, ReadOnlyAdmin):
    list_display = ["user", "ground", "begins_at", "ends_at", "ended_at", "appealed_at",
                    "answered_at"]  # fmt: skip
    list_filter = ["ground"]
    search_fields = ["user__username"]
    deeds = [
        Deed(
            "decide",
            _("Decide on the objection"),
            "accounts.answer_appeal",
            DecideForm,
            lambda row, staff, said: suspensions.decide(
                row, staff, answer=said["text"], lift=said["lift"]
            ),
            refusals=(suspensions.Refused,),
            offered=lambda request, row: row.awaits_answer,
        ),
        Deed(
            "lift",
            _("End it before its time"),
            "accounts.suspend_user",
            WordsForm,
            lambda row, staff, said: suspensions.lift(row, staff, said["text"]),
            refusals=(suspensions.Refused,),
            offered=lambda request, row: row.ended_at is None and not row.awaits_answer,
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("-begins_at")
