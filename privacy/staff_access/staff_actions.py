"""What staff may do to a row besides looking: each deed has a right, a form, a service behind it.

    class SuspensionAdmin(WithDeeds, ReadOnlyAdmin):
        deeds = [Deed("lift", _("End it"), "accounts.suspend_user", LiftForm, suspensions_lift)]

A deed's page asks for a reason as the row's own page does, and writes nothing itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from privacy.staff_access.require_reason import RequiresReason


def _always(request: HttpRequest, row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Deed:
    """One thing that a right allows; `act(row, staff, values)` raises one of `refusals` or not.

    `offered` says whether it fits this row; `form` is made with `row` and `staff`.
    """

    name: str
    title: Any
    permission: str
    form: type["DeedForm"]
    act: Callable[[Any, Any, dict[str, Any]], Any]
    refusals: tuple[type[Exception], ...] = (ValidationError,)
    offered: Callable[[HttpRequest, Any], bool] = _always


class DeedForm(forms.Form):
    """What is asked before a deed."""

    def __init__(self, *args: Any, row: Any, staff: Any, **kwargs: Any) -> None:
        self.row, self.staff = row, staff
        super().__init__(*args, **kwargs)


class WithDeeds(RequiresReason):
    """A page with deeds: links on the row's page, each to a form of its own."""

    deeds: Sequence[Deed] = ()
    change_form_template = "admin/with_deeds.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.do)
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [path("<path:object_id>/do/<slug:deed>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        row = self.get_object(request, object_id)
        links = [
            {"title": deed.title, "url": self._url(object_id, deed)}
            for deed in self.deeds
            if row is not None
            and request.user.has_perm(deed.permission)
            and deed.offered(request, row)
        ]
        extra = {**(extra_context or {}), "deeds": links}
        return super().change_view(request, object_id, form_url, extra)

    def _url(self, object_id: Any, deed: Deed) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_do"
        return reverse(name, args=[object_id, deed.name])

    def do(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponseBase:
        """Ask what a deed needs, and do it."""
        chosen, row = self._allowed(request, object_id, deed)
        asked = self.ask(request, object_id)
        if asked is not None:
            return asked
        sent = request.POST if request.method == "POST" else None
        form = chosen.form(sent, row=row, staff=request.user)
        if form.is_valid() and _carried_out(chosen, row, request.user, form):
            self.log_change(request, row, f"Deed: {chosen.name}")
            messages.success(request, _("Done, and written down."))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return redirect(name, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": chosen.title,
            "form": form,
            "original": row,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/deed.html", context, status=status)

    def _allowed(self, request: HttpRequest, object_id: str, deed: str) -> tuple[Deed, Any]:
        """Return the deed of this name and its row. Raises Http404, PermissionDenied."""
        chosen = next((candidate for candidate in self.deeds if candidate.name == deed), None)
        if chosen is None:
            raise Http404
        if not request.user.has_perm(chosen.permission) or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not chosen.offered(request, row):
            raise PermissionDenied
        return chosen, row


def _carried_out(deed: Deed, row: Any, staff: Any, form: DeedForm) -> bool:
    """Do a deed; False when it is refused, with the reason among the faults of its form."""
    try:
        deed.act(row, staff, form.cleaned_data)
    except deed.refusals as why:
        words = why.messages if isinstance(why, ValidationError) else [str(why)]
        form.add_error(None, words)
        return False
    return True
