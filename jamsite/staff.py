"""The admin site: every page about a person is guarded, whoever registered it."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse

from jamsite import second_step
from privacy.staff_access.require_reason import RequiresReason


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
        if not issubclass(given, RequiresReason):
            given = type(
                f"Reasoned{given.__name__}", (RequiresReason, given), {"__module__": __name__}
            )
        super().register(model_or_iterable, given, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, in a web session that a second step was shown in."""
        return super().has_permission(request) and second_step.shown(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {**context, "second_step_is_off": not settings.STAFF_SECOND_STEP}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff come in by the same door as everybody: its limits and mail check hold for them."""
        if super().has_permission(request) and not second_step.shown(request):
            return second_step.ask(request)
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer
