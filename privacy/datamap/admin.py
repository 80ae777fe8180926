"""How long things are kept, and the record of processing, for staff."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from foundation.admin import ReadOnlyAdmin
from privacy.datamap import processing_record
from privacy.datamap.models import RetentionRun


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    """When each declared period was last enforced; beside it the record of article 30."""

    list_display = ["limit", "ran_at", "ended", "total", "error"]
    ordering = ["limit"]
    change_list_template = "admin/retention_list.html"

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("record/", wrap(self.record), name="privacy_record"),
            path("record.csv", wrap(self.record_csv), name="privacy_record_csv"),
            *super().get_urls(),
        ]

    def record(self, request: HttpRequest) -> HttpResponse:
        self._may_read(request)
        return TemplateResponse(
            request,
            "admin/record.html",
            {
                **self.admin_site.each_context(request),
                "title": "Record of processing activities",
                "controller": processing_record.controller(),
                "activities": processing_record.activities(),
                "measures": processing_record.measures(),
            },
        )

    def record_csv(self, request: HttpRequest) -> HttpResponse:
        self._may_read(request)
        answer = HttpResponse(processing_record.as_csv(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="record-of-processing.csv"'
        return answer

    def _may_read(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
