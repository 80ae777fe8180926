"""Asking for what settings can't do: for members, and for anybody with an e-mail address."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import reauthentication
from foundation.limits import masked, spend, spend_on
from foundation.paging import newest_first
from foundation.secret_pages import kept_secret
from privacy.gate.access import get_visible_or_404, visible
from privacy.gate.viewer import Viewer
from privacy.subject_requests import exceptions, fulfilment, identity, right_to_know
from privacy.subject_requests import intake as service
from privacy.subject_requests.forms import PublicRequestForm, ReplyForm, RequestForm
from privacy.subject_requests.models import Request, RequestStep

NEVER = "no-store"


def _shape(row: Request) -> dict[str, Any]:
    return {
        "public_id": row.public_id,
        "reference": row.reference,
        "kind": row.get_kind_display(),
        "state": row.get_state_display(),
        "is_open": row.is_open,
        "received_at": row.received_at,
        "due_at": row.due_at if row.is_open else None,
        "answer_by": row.answer_by,
        "closed_at": row.closed_at,
        "text": row.text,
        "identity": row.get_identity_display(),
        "exception": exceptions.named(row, row.ground),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """List one's requests, newest first; POST makes one."""
    form = RequestForm(
        _posted(request), initial={"kind": request.GET.get("kind")}, person=request.user
    )
    if request.method == "POST" and form.is_valid():
        spend("request", str(request.user.pk), limit=10, seconds=86400)
        values = form.cleaned_data
        form.record_news(request.user, request)  # first: a request may end news again
        made = fulfilment.file_and_serve(
            request.user,
            values["kind"],
            text=values["text"],
            purpose=values.get("purpose", ""),
        )
        messages.success(request, _("We have your request: %s.") % made.reference)
        return redirect("request", public_id=made.public_id)
    rows = visible(Request, Viewer.oneself(request.user))
    page: Any = newest_first(rows, request.GET.get("after"), moment="received_at")
    return render(
        request,
        "privacy/requests/list.html",
        {
            "form": form,
            "requests": [_shape(row) for row in page.items],
            "next_url": page.next_url(request),
            "restricted": getattr(request.user, "restricted", False),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_visible_or_404(Request, Viewer.oneself(request.user), public_id=public_id)
    return _page(request, row, Viewer.oneself(request.user))


def _page(
    request: HttpRequest, row: Request, viewer: Viewer, token: str = "", form: Any = None
) -> HttpResponse:
    if token:  # who holds the link is the asker, with or without an account
        steps = row.steps.exclude(kind__in=RequestStep.INTERNAL)
    else:
        steps = visible(RequestStep, viewer).filter(request=row)
    answered = row.state == Request.State.ANSWERED
    response = render(
        request,
        "privacy/requests/one.html",
        {
            "one": _shape(row),
            "missing": identity.missing(row) if row.is_open else "",
            "steps": steps.order_by("at", "pk")[:200],
            "token": token,
            "unconfirmed": row.state == Request.State.UNCONFIRMED,
            "has_report": answered and row.kind == Request.Kind.KNOW and row.user_id and not token,
            "has_copy": row.export_id is not None and not token,
            "form": form or ReplyForm(),
        },
        status=422 if form is not None and form.errors else 200,
    )
    response["Cache-Control"] = NEVER
    if token:
        kept_secret(response)
    return response


@login_required
@require_POST
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a few words more, say that it is oneself who asks, or take the request back."""
    row = get_visible_or_404(Request, Viewer.oneself(request.user), public_id=public_id)
    if "sign" in request.POST:
        if not reauthentication.is_fresh(request):
            return reauthentication.ask(request, "request", public_id)
        service.sign_for(row)
        messages.success(request, _("Thank you: it is sure now that it is you."))
        return redirect("request", public_id=public_id)
    form = ReplyForm(request.POST)
    if _wrote(request, row, form):
        return redirect("request", public_id=public_id)
    return _page(request, row, Viewer.oneself(request.user), form=form)


def _wrote(request: HttpRequest, row: Request, form: ReplyForm) -> bool:
    """Do what a follow page's buttons say; False when the words were missing."""
    spend("request-words", row.public_id, limit=20, seconds=3600)
    if "withdraw" in request.POST:
        service.withdraw(row)
        messages.success(request, _("Your request is taken back."))
        return True
    if not form.is_valid():
        return False
    try:
        service.reply(row, form.cleaned_data["text"])
    except service.NotNow as reason:
        messages.error(request, str(reason))
    return True


@login_required
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """End the restriction of one's own data."""
    newest = (
        visible(Request, Viewer.oneself(request.user))
        .filter(kind=Request.Kind.RESTRICT)
        .order_by("-received_at", "-pk")
        .first()
    )
    fulfilment.lift(request.user, newest)
    messages.success(request, _("Your data is used again as before."))
    return redirect("requests")


@login_required
@require_safe
def report(request: HttpRequest, public_id: str) -> HttpResponse | StreamingHttpResponse:
    """Show the right-to-know report, or with ?file=1 send all of it as JSON."""
    row = get_visible_or_404(Request, Viewer.oneself(request.user), public_id=public_id)
    if row.kind != Request.Kind.KNOW or row.state != Request.State.ANSWERED:
        raise Http404
    spend("know", str(request.user.pk), limit=30, seconds=3600)
    response: HttpResponse | StreamingHttpResponse
    if request.GET.get("file"):
        response = StreamingHttpResponse(
            right_to_know.as_lines(row), content_type="application/json"
        )
        response["Content-Disposition"] = f'attachment; filename="{row.reference}.json"'
    else:
        since, until = right_to_know.period(row)
        context = {
            "one": _shape(row),
            "categories": right_to_know.report(row),
            "since": since,
            "until": until,
        }  # fmt: skip
        response = render(request, "privacy/requests/report.html", context)
    response["Cache-Control"] = NEVER
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def public(request: HttpRequest) -> HttpResponse:
    """Take a request from anybody. The answer is the same whoever has or hasn't an account."""
    form = PublicRequestForm(_posted(request), initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        spend_on("request", request, values["address"], limit=5, each=3, seconds=3600)
        # Each has a letter of its own, which somebody with many networks could send somebody.
        spend("request-to", masked(values["address"].lower()), limit=30, seconds=86400, guards=True)
        if not values["website"]:  # machines fill in what people don't see
            service.file(
                values["kind"],
                channel=Request.Channel.WEB,
                address=values["address"],
                text=values["text"],
            )
            form.record_news_of(values["address"])
        return render(request, "privacy/requests/sent.html")
    return render(
        request,
        "privacy/requests/public.html",
        {
            "form": form,
            "contact": settings.CONTACT_EMAIL,
            "support": settings.SUPPORT_EMAIL or settings.CONTACT_EMAIL,
        },
        status=422 if form.errors else 200,
    )


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a request by the link that was mailed; the first POST confirms the address."""
    row = service.by_token(token)
    if row is None:
        raise Http404
    form = None
    if request.method == "POST":
        if "confirm" in request.POST:
            service.confirm(row)
            return redirect("request_link", token=token)
        form = ReplyForm(request.POST)
        if _wrote(request, row, form):
            return redirect("request_link", token=token)
    return _page(request, row, Viewer.oneself(request.user), token, form)
