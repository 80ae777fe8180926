"""The admin site: every page about a person is guarded, whoever registered it."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse

from privacy.guard import Guarded


class StaffSite(AdminSite):
    """Django's admin, whose every registration passes the guard: none can be forgotten."""

    site_title = site_header = "Jamsite"
    index_title = "Staff"

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        given = admin_class or admin.ModelAdmin
        if not issubclass(given, Guarded):
            given = type(f"Guarded{given.__name__}", (Guarded, given), {"__module__": __name__})
        super().register(model_or_iterable, given, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff come in by the same door as everybody: its limits and mail check hold for them."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer
