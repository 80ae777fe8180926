"""The policy, for staff: draft what the code says, compare, announce, withdraw; see who was told.

Rows are written by `privacy.policy.releases` alone; these pages are its buttons.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from foundation.admin import ReadOnlyAdmin
from privacy.policy import releases
from privacy.policy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease, TermsAgreement


class DraftForm(forms.Form):
    """What staff say of a new draft."""

    kind = forms.ChoiceField(choices=PolicyRelease.Kind)
    summary = forms.CharField(
        label="What changes for people", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In plain words: this is what every account reads.",
    )  # fmt: skip
    material = forms.BooleanField(
        required=False, label="Material",
        help_text="It changes something for people: every account is told, and has its time.",
    )  # fmt: skip


class DayForm(forms.Form):
    """When a draft comes into force; empty means now."""

    day = forms.DateField(
        required=False, label="In force from", widget=AdminDateWidget,
        help_text="Empty: at once, for changes that aren't material.",
    )  # fmt: skip

    def moment(self) -> datetime | None:
        day = self.cleaned_data["day"]
        return timezone.make_aware(datetime.combine(day, time())) if day else None


@admin.register(PolicyRelease)
class PolicyReleaseAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id", "kind", "number", "state", "material", "effective_at", "posted_at", "progress",
    ]  # fmt: skip
    list_filter = ["kind", "state", "material"]
    ordering = ["-created_at"]
    readonly_fields = [
        "public_id", "kind", "number", "state", "source", "material", "summary", "created_at",
        "announced_at", "effective_at", "posted_at", "withdrawn_at", "progress",
    ]  # fmt: skip
    exclude = ["content"]  # shown as a comparison
    change_list_template = "admin/privacy/policyrelease/change_list.html"
    change_form_template = "admin/privacy/policyrelease/change_form.html"

    @admin.display(description="told")
    def progress(self, release: PolicyRelease) -> str:
        runs = release.runs.order_by("pk")
        return ", ".join(f"{run.told} / {run.total}" for run in runs) or "–"

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("privacy.publish_policy"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_publish_permission(request) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_publish_permission(request) or super().has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        post = method_decorator(require_POST)
        return [
            path("draft/", wrap(self.draft), name="privacy_policyrelease_draft"),
            path(
                "<int:pk>/announce/",
                wrap(post(PolicyReleaseAdmin.announce).__get__(self)),
                name="privacy_policyrelease_announce",
            ),
            path(
                "<int:pk>/withdraw/",
                wrap(post(PolicyReleaseAdmin.withdraw).__get__(self)),
                name="privacy_policyrelease_withdraw",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {
            **(extra_context or {}),
            "may_publish": self.has_publish_permission(request),
            "differs": any(releases.differs_from_code(kind) for kind in releases.TEXTS),
        }
        return super().changelist_view(request, extra)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        release = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if isinstance(release, PolicyRelease):
            is_text = release.kind in releases.TEXTS
            kind = release.kind if is_text else PolicyRelease.Kind.TEXT
            older = releases.before(release) or releases.in_force(kind)
            days = releases.notice_days(release)
            soonest = timezone.localdate() + timedelta(days=days + 1)
            extra |= {
                "may_publish": self.has_publish_permission(request),
                "older": older,
                "comparison": releases.comparison(older, release) if is_text else None,
                "asked_anew": releases.asked_anew(older.content, release.content),
                "form": DayForm(initial={"day": soonest if days else None}),
                "days": days,
            }
        return super().change_view(request, object_id, form_url, extra)

    def draft(self, request: HttpRequest) -> HttpResponse:
        """Show how the code's policy differs from the one in force, and make a draft of it."""
        self._may(request)
        form = DraftForm(request.POST or None, initial={"kind": request.GET.get("kind")})
        if request.method == "POST" and form.is_valid():
            try:
                made = releases.draft(
                    form.cleaned_data["kind"],
                    form.cleaned_data["summary"],
                    material=form.cleaned_data["material"],
                )
            except releases.Refused as why:
                form.add_error(None, str(why))
            else:
                self.log_addition(request, made, "Drafted.")
                return redirect("admin:privacy_policyrelease_change", made.pk)
        wanted = request.POST.get("kind") or request.GET.get("kind")
        kind = PolicyRelease.Kind.TERMS if wanted == "terms" else PolicyRelease.Kind.TEXT
        in_force = releases.in_force(kind)
        code = PolicyRelease(kind=kind, content=releases.deployed(kind))
        context = {
            **self.admin_site.each_context(request),
            "title": "Draft a new version of the policy",
            "opts": self.opts,
            "form": form,
            "older": in_force,
            "comparison": releases.comparison(in_force, code),
            "asked_anew": releases.asked_anew(in_force.content, code.content),
        }
        return TemplateResponse(
            request, "admin/privacy/policyrelease/draft.html", context,
            status=422 if form.errors else 200,
        )  # fmt: skip

    def announce(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may(request)
        form = DayForm(request.POST)
        if not form.is_valid():
            messages.error(request, "That is no day.")
        else:
            self._do(request, lambda: releases.announce(pk, form.moment()), "Announced.")
        return redirect(reverse("admin:privacy_policyrelease_change", args=[pk]))

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may(request)
        self._do(request, lambda: releases.withdraw(pk), "Withdrawn.")
        return redirect(reverse("admin:privacy_policyrelease_change", args=[pk]))

    def _do(self, request: HttpRequest, deed: Any, done: str) -> None:
        try:
            release = deed()
        except (releases.Refused, PolicyRelease.DoesNotExist) as why:
            messages.error(request, str(why))
        else:
            self.log_change(request, release, done)
            messages.success(request, done)

    def _may(self, request: HttpRequest) -> None:
        if not self.has_publish_permission(request):
            raise PermissionDenied


@admin.register(PolicyNoticeRun)
class PolicyNoticeRunAdmin(ReadOnlyAdmin):
    list_display = ["id", "release", "what", "status", "bar", "reached_at", "due_at", "error"]
    list_filter = ["status", "what"]

    @admin.display(description="told")
    def bar(self, run: PolicyNoticeRun) -> str:
        return format_html(
            '<progress max="{}" value="{}"></progress> {} / {}',
            max(1, run.total), run.told, run.told, run.total,
        )  # fmt: skip


@admin.register(PolicyNotice)
class PolicyNoticeAdmin(ReadOnlyAdmin):
    list_display = ["id", "run", "told_at", "seen_at"]
    fields = ["id", "run", "told_at", "seen_at"]


@admin.register(TermsAgreement)
class TermsAgreementAdmin(ReadOnlyAdmin):
    list_display = ["user", "number", "channel", "agreed_at"]
    list_filter = ["number", "channel"]
    search_fields = ["user__username"]
