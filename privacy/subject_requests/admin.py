"""The request desk: what is due comes first, every step is one form, and every look is recorded."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, F, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.admin import ReadOnlyAdmin
from privacy.consent import purposes
from privacy.staff_access import access_log
from privacy.staff_access.require_reason import RequiresReason
from privacy.subject_requests import alarms, exceptions, fulfilment, identity
from privacy.subject_requests import intake as service
from privacy.subject_requests.intake import NotNow
from privacy.subject_requests.models import Request, RequestStep

ENQUIRY = Request.Kind.ENQUIRY
OPEN = Request.OPEN_STATES


class StandingFilter(admin.SimpleListFilter):
    """Open ones unless somebody asks for more; waiting for their link are nobody's work yet."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), ("near", _("due in 3 days")), ("closed", _("closed")),
                ("all", _("all"))]  # fmt: skip

    def choices(self, changelist: Any) -> Any:
        offered = list(super().choices(changelist))
        offered[0]["display"] = _("open")
        return offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        chosen: dict[str | None, dict[str, Any]] = {
            None: {"state__in": OPEN},
            "overdue": {"state__in": OPEN, "due__lt": now},
            "near": {"state__in": OPEN, "due__lt": now + alarms.NEAR},
            "closed": {"closed_at__isnull": False},
            "all": {},
        }
        return queryset.filter(**chosen.get(self.value(), {"state__in": OPEN}))


class IntakeForm(forms.ModelForm[Request]):
    """A request that came by letter, mail or telephone. The asker gets a link to confirm it."""

    class Meta:
        model = Request
        fields = ["kind", "address", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].required = True

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("kind") == Request.Kind.CHILD:  # our staff may have found it themselves
            self.errors.pop("address", None)
            values.setdefault("address", "")
            if not values.get("text", "").strip():
                self.add_error("text", _("Name the account, and say what makes you think so."))
        return values


class StepForm(forms.Form):
    """The words of a step."""

    text = forms.CharField(required=False, max_length=4000)
    username = forms.CharField(required=False, max_length=30)
    place = forms.CharField(required=False, max_length=200)
    value = forms.CharField(required=False, max_length=4000)
    purpose = forms.CharField(required=False, max_length=40)
    method = forms.CharField(required=False, max_length=20)
    ground = forms.CharField(required=False, max_length=20)


METHODS = {
    "callback": gettext_lazy("wrote or called back to an address or number that we had already"),
    "facts": gettext_lazy("answered questions whose answers only the account's owner knows"),
    "document": gettext_lazy("showed a document, which was looked at and not kept"),
}
Deed = Callable[[Request, Any, dict[str, str]], Any]
DEEDS: dict[str, Deed] = {
    "acknowledge": lambda row, staff, said: service.acknowledge(row, staff, said["text"]),
    "answer": lambda row, staff, said: service.answer(
        row, staff, said["text"], ground=said["ground"]
    ),
    "refuse": lambda row, staff, said: service.answer(
        row, staff, said["text"], refuse=True, ground=said["ground"]
    ),
    "extend": lambda row, staff, said: service.extend(row, staff, said["text"]),
    "ask": lambda row, staff, said: service.ask(row, staff, said["text"]),
    "note": lambda row, staff, said: service.note(row, staff, said["text"]),
    "identity": lambda row, staff, said: service.check_identity(
        row, staff, said["text"], said["username"], said["method"]
    ),
    "copy": lambda row, staff, said: fulfilment.make_copy(row, staff),
    "erase": lambda row, staff, said: fulfilment.start_erasure(row, staff),
    "delete_child": lambda row, staff, said: fulfilment.delete_child(row, staff, said["username"]),
    "restrict": lambda row, staff, said: fulfilment.restrict(row, staff),
    "lift": lambda row, staff, said: fulfilment.lift(row.user, row, staff),
    "stop": lambda row, staff, said: fulfilment.stop_purpose(row, said["purpose"], staff),
    "correct": lambda row, staff, said: fulfilment.correct(
        row, staff, said["place"], said["value"]
    ),
}
# Deeds that answer somebody without touching their data: enough for plain enquiries.
WORDS = {"acknowledge", "answer", "refuse", "extend", "ask", "note"}


@admin.register(Request)
class RequestAdmin(RequiresReason, ReadOnlyAdmin):
    list_display = ["reference", "due", "kind", "state", "identity", "channel", "received_at"]
    list_filter = [StandingFilter, "kind", "channel"]
    search_fields = ["reference"]
    actions = ["acknowledge_with_template"]
    fields = ["reference", "kind", "law", "channel", "identity", "state", "user", "address", "text",
              "purpose", "received_at", "acknowledge_by", "answer_by", "extended_at",
              "closed_at", "ground"]  # fmt: skip
    change_form_template = "admin/privacy/request.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Request]:
        """Return the desk of this member of staff, what is due first on top."""
        due = Case(When(state="open", then=F("acknowledge_by")), default=F("answer_by"))
        rows: Any = super().get_queryset(request).annotate(due=due)
        rows = rows.order_by("due", "pk")
        mine: QuerySet[Request] = rows
        return mine if _may(request, "answer_request") else mine.filter(kind=ENQUIRY)

    @admin.display(ordering="due", description=gettext_lazy("due"))
    def due(self, obj: Any) -> Any:
        if not obj.is_open:
            return "–"
        day = timezone.localdate(obj.due).isoformat()
        late = obj.due < timezone.now()
        return format_html("<strong>{} {}</strong>", day, _("overdue")) if late else day

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, "add_request")

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return _may(request, "answer_request") or _may(request, "answer_enquiry")

    @admin.action(description=gettext_lazy("Acknowledge with the template"), permissions=["answer"])
    def acknowledge_with_template(self, request: HttpRequest, queryset: QuerySet[Request]) -> None:
        done = 0
        for row in queryset.filter(state=Request.State.OPEN):
            service.acknowledge(row, request.user)
            done += 1
        messages.success(request, _("%d acknowledged.") % done)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else IntakeForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["kind", "address", "text"]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Take it in through the service, which mails the link; others may not write here."""
        if change:
            raise PermissionDenied
        said = form.cleaned_data
        if said["kind"] != ENQUIRY and not _may(request, "answer_request"):
            messages.info(request, _("The privacy officer answers it."))
        if said["kind"] == Request.Kind.CHILD:
            made = service.report_child(said["text"], "", said["address"], staff=request.user)
            obj.pk = made.pk
            return
        made = service.file(
            said["kind"], channel=Request.Channel.STAFF, address=said["address"],
            text=said["text"], staff=request.user,
        )  # fmt: skip
        obj.pk = made.pk
        messages.info(request, _("%s: a link to confirm it was mailed.") % made.reference)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return redirect("admin:privacy_request_changelist")

    def usual_reason(self, obj: Request) -> dict[str, str]:
        return {"why": "request", "reason": _("To answer your request %s.") % obj.reference}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        row = self.get_object(request, object_id)
        more = self._facts(request, row) if row is not None else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _facts(self, request: HttpRequest, row: Request) -> dict[str, Any]:
        """Return what the page offers for this request."""
        privileged = _may(request, "answer_request") and row.user is not None and row.is_open
        return {
            "title": row.reference,
            "steps": row.steps.select_related("staff").order_by("at", "pk"),
            "is_child": row.kind == Request.Kind.CHILD,
            "templates": {name: service.letter(name, row) for name in ("acknowledge", "answer")},
            "may_answer": self.has_answer_permission(request) and row.is_open,
            "may_check": _may(request, "answer_request") and not row.closed_at,
            "may_do": privileged and row.kind != Request.Kind.CHILD,
            "may_delete_child": _may(request, "answer_request")
            and row.is_open
            and row.kind == Request.Kind.CHILD,
            "fields": fulfilment.correctable(row.user) if privileged else [],
            "purposes": [(purpose.key, purpose.label) for purpose in purposes.purposes()],
            "grounds": [(exception.key, str(exception)) for exception in exceptions.of(row)],
            "methods": [
                (key, words) for key, words in METHODS.items() if not identity.too_much(row, key)
            ],
            "identity_missing": identity.missing(row),
        }

    def get_urls(self) -> Any:
        act = self.admin_site.admin_view(self.act)
        name = "privacy_request_act"
        return [path("<int:pk>/act/<str:deed>/", act, name=name), *super().get_urls()]

    def act(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """Carry out one step; the page it was sent from was opened with a reason."""
        row = self.get_object(request, str(pk))
        if row is None or deed not in DEEDS:
            raise Http404
        if request.method != "POST" or not _may_carry_out(request, row, deed):
            raise PermissionDenied
        form = StepForm(request.POST)
        if access_log.people_in(row) and not access_log.is_remembered(
            request.user, row, access_log.SENDABLE
        ):
            messages.error(request, _("The page was open too long. Nothing was done."))
        elif not form.is_valid():
            messages.error(request, _("The words are too long. Nothing was done."))
        else:
            _carry_out(request, row, deed, form.cleaned_data)
        return redirect("admin:privacy_request_change", pk)


def _may_carry_out(request: HttpRequest, row: Request, deed: str) -> bool:
    words_only = deed in WORDS and row.kind == ENQUIRY
    return _may(request, "answer_request") or (words_only and _may(request, "answer_enquiry"))


def _carry_out(request: HttpRequest, row: Request, deed: str, said: dict[str, str]) -> None:
    """Do one step, and say whether it was done or why not."""
    try:
        DEEDS[deed](row, request.user, said)
    except NotNow as reason:
        messages.error(request, str(reason))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    except LookupError:
        messages.error(request, _("There is no such purpose."))
    else:
        messages.success(request, _("Done, and written down."))


def _may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.is_authenticated and request.user.has_perm(f"privacy.{permission}"))


@admin.register(RequestStep)
class RequestStepAdmin(ReadOnlyAdmin):
    list_display = ["at", "request_id", "kind", "by", "staff", "detail"]
    list_filter = ["kind", "by"]
    list_select_related = ["staff"]
