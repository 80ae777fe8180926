"""The reason before the page: mixed into every page of the admin by the site itself."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from privacy import looks
from privacy.models import Look


class ReasonForm(forms.Form):
    """Why a member of staff opens a page about a person; the person reads the answer."""

    why = forms.ChoiceField(label=_("What for"), choices=Look.Why.choices)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=8,
        max_length=300,
        help_text=_("One sentence. The person reads it; name nobody else in it."),
    )
    hidden_until = forms.DateField(
        label=_("Not told before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only with a legal order that forbids telling the person, and its last day."),
    )

    def __init__(self, *args: Any, may_hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_hide:
            del self.fields["hidden_until"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("hidden_until") and values.get("why") != Look.Why.LEGAL:
            self.add_error("hidden_until", _("Only a law can forbid telling the person."))
        return values


class Guarded(admin.ModelAdmin[Any]):
    """Pages about a person open after a reason was given, and not before."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        asked = self.ask(request, object_id)
        return asked or super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        asked = self.ask(request, object_id)
        return asked or super().history_view(request, object_id, extra_context)

    def usual_reason(self, obj: Any) -> dict[str, str]:
        """Return what the form starts with; a page that has a reason of its own says it."""
        return {}

    def ask(self, request: HttpRequest, object_id: str) -> HttpResponseBase | None:
        """Return the form that asks for a reason, or None when the page may open."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_view_or_change_permission(request, obj):
            return None  # the page itself answers: missing, or not allowed
        giving = "give-reason" in request.POST
        within = looks.SENDABLE if request.method == "POST" else looks.REMEMBERED
        if not giving and (
            not looks.people_in(obj) or looks.is_remembered(request.user, obj, within)
        ):
            return None
        form = ReasonForm(
            request.POST if giving else None,
            initial=self.usual_reason(obj),
            may_hide=_staff(request).has_perm("privacy.add_legaldisclosure"),
        )
        if giving and form.is_valid():
            looks.look(request.user, obj, **form.cleaned_data)
            return redirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Why do you look?"),
            "form": form,
            "minutes": int(looks.REMEMBERED.total_seconds() // 60),
            "lost": request.method == "POST" and not giving,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/ask_reason.html", context, status=status)


def _staff(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
