"""The reason before the page: mixed into every page of the admin by the site itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privacy.staff_access import access_log
from privacy.staff_access.models import AccessLogEntry

AT_ONCE = 100  # rows that one action may touch: each is about somebody who reads the reason
NARROWED_BY = {"", "exact", "in", "isnull", "id__exact", "gte", "lt", "year", "month", "day"}
Action = Callable[[Any, HttpRequest, "QuerySet[Any]"], Any]


class ReasonForm(forms.Form):
    """Why a member of staff opens a page about a person; the person reads the answer."""

    why = forms.ChoiceField(label=_("What for"), choices=AccessLogEntry.Why.choices)
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
        if values.get("hidden_until") and values.get("why") != AccessLogEntry.Why.LEGAL:
            self.add_error("hidden_until", _("Only a law can forbid telling the person."))
        return values


class RequiresReason(admin.ModelAdmin[Any]):
    """Pages about a person open after a reason was given, and not before; actions likewise.

    Lists show people as their usernames. Nothing is deleted here, whoever asks: rows about people
    go through the services that erase them, with what hangs on them. `deletable` says that the
    rows of a page are about nobody and have nobody's rows behind them.
    """

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        deletable = getattr(self, "deletable", False)
        return deletable and super().has_delete_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let lists be narrowed by their own filters alone.

        Django lets any column be asked for by an address, a piece of it at a time.
        """
        names = [self.date_hierarchy] if self.date_hierarchy else []
        for wanted in self.list_filter or ():
            own = wanted[0] if isinstance(wanted, tuple) else wanted
            names.append(own if isinstance(own, str) else getattr(own, "parameter_name", ""))
        return any(
            lookup.startswith(str(name)) and _rest(lookup, str(name)) in NARROWED_BY
            for name in names
            if name
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self._column(name) for name in super().get_list_display(request)]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        given: Any = super().get_list_select_related(request)
        people = [name for name in self.list_display if self._person(name) is not None]
        return [*given, *people] if isinstance(given, list | tuple) else given or people or False

    def _person(self, name: Any) -> Any:
        """Return the field of this name if it leads to a person."""
        try:
            field = self.opts.get_field(name) if isinstance(name, str) else None
        except FieldDoesNotExist:
            return None
        leads = isinstance(field, ForeignKey) and field.related_model is get_user_model()
        return field if leads else None

    def _column(self, name: Any) -> Any:
        """Return what stands in a list's column: for a person, the username and nothing else."""
        field = self._person(name)
        if field is None:
            return name

        @admin.display(description=field.verbose_name, ordering=f"{name}__username")
        def username(row: Model) -> str:
            return getattr(getattr(row, name), "username", "–")

        username.__name__ = str(name)  # the column's class
        return username

    def get_actions(self, request: HttpRequest) -> Any:
        actions: Any = super().get_actions(request)
        return {
            name: (self._with_reason(act, name), name, words)
            for name, (act, _same, words) in actions.items()
        }

    def _with_reason(self, act: Action, name: str) -> Action:
        """Return an action that runs after a reason was given for each row about people."""

        @wraps(act)
        def acting(page: Any, request: HttpRequest, rows: "QuerySet[Any]") -> Any:
            chosen = list(rows[: AT_ONCE + 1])
            if len(chosen) > AT_ONCE:
                text = gettext("Choose at most %d rows. Nothing was done.") % AT_ONCE
                messages.error(request, text)
                return None
            unread = [
                row
                for row in chosen
                if any(person.pk != request.user.pk for person in access_log.people_in(row))
                and not access_log.is_remembered(request.user, row)
            ]
            giving = "give-reason" in request.POST
            form = self._form(request, giving=giving, about=chosen[0] if unread else None)
            if unread and giving and form.is_valid():
                for row in unread:
                    access_log.record(request.user, row, **form.cleaned_data)
            elif unread:
                keys = [str(row.pk) for row in chosen]
                hidden = [("action", name), *((ACTION_CHECKBOX_NAME, key) for key in keys)]
                return self._asked(request, form, hidden=hidden, count=len(unread))
            return act(page, request, rows)

        return acting

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
        within = access_log.SENDABLE if request.method == "POST" else access_log.REMEMBERED
        if not giving and (
            not access_log.people_in(obj) or access_log.is_remembered(request.user, obj, within)
        ):
            return None
        form = self._form(request, giving=giving, about=obj)
        if giving and form.is_valid():
            access_log.record(request.user, obj, **form.cleaned_data)
            return redirect(request.get_full_path())
        return self._asked(request, form, lost=request.method == "POST" and not giving)

    def _form(self, request: HttpRequest, *, giving: bool, about: Any) -> ReasonForm:
        return ReasonForm(
            request.POST if giving else None,
            initial=self.usual_reason(about) if about is not None else {},
            may_hide=_staff(request).has_perm("privacy.add_legaldisclosure"),
        )

    def _asked(
        self,
        request: HttpRequest,
        form: ReasonForm,
        *,
        hidden: Any = (),
        count: int = 0,
        lost: bool = False,
    ) -> TemplateResponse:
        """Return the page that asks; `hidden` is what an action is sent with again."""
        title: Any = _("Why do you look?")
        if count:
            title = ngettext(
                "Why do you do this, with %d row about people?",
                "Why do you do this, with %d rows about people?",
                count,
            ) % count  # fmt: skip
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "minutes": int(access_log.REMEMBERED.total_seconds() // 60),
            "lost": lost,
            "hidden": hidden,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/ask_reason.html", context, status=status)


def _rest(lookup: str, name: str) -> str:
    return lookup.removeprefix(name).removeprefix("__")


def _staff(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
