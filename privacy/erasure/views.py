"""Leaving without signing in: by a mailed link, and the page that shows how far a leaving is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.limits import network_of, spend, spend_on
from foundation.secret_pages import kept_secret
from privacy import erasure
from privacy.erasure import leave_links, leaving_by_mail, provider_orders, receipts

LONGEST_CALLBACK = 4096  # bytes


class NameForm(forms.Form):
    """Whose account: a username or the account's e-mail address. Nothing else is asked."""

    name = forms.CharField(
        label=gettext_lazy("Username or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest) -> HttpResponse:
    """Take a username or address, and answer the same whether somebody has it or nobody does."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        spend_on("leave", request, name, limit=10, each=3, seconds=3600)
        leaving_by_mail.ask(name)
        return render(request, "privacy/leave_asked.html")
    status = 422 if form.errors else 200
    return render(request, "privacy/leave_by_mail.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what leaving does, and do it when asked again: opening a link alone changes nothing."""
    spend("leave-link", network_of(request), limit=60, seconds=3600, guards=True)
    if request.method == "POST":
        made = leaving_by_mail.use(secret)
        if request.user.is_authenticated and request.user.pk == made.user_id:
            logout(request)
        return redirect(leave_links.of_erasure(made))
    link = leaving_by_mail.open_link(secret)
    context = {
        "plan": erasure.plan(link.user),
        "retained": erasure.retained(link.user),
        "grace_days": erasure.grace().days,
    }
    return kept_secret(render(request, "privacy/leave_confirm.html", context))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Show one leaving to who holds its link; POST brings the person back within the grace."""
    leaving = leave_links.erasure_of(token)
    if request.method == "POST":
        try:
            if leaving.user is None:
                raise erasure.TooLate
            erasure.cancel(leaving.user)
        except erasure.TooLate:
            messages.error(request, _("The purge has begun and can't be stopped any more."))
        else:
            messages.success(request, _("You stay. What is back, and what is not, stands here."))
        return redirect("leaving_state", token=token)
    return kept_secret(render(request, "privacy/leaving_state.html", state_of(leaving, token)))


def state_of(leaving: Any, token: str) -> dict[str, Any]:
    """Return what the page shows of a leaving: nothing of whom it is about."""
    return {
        "erasure": leaving,
        "stages": erasure.stages(leaving),
        "receipts": leave_links.receipts_of(leaving, token),
        "retained": erasure.retained(leaving.user),
        **erasure.if_they_stay(),
    }


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """Hand out a receipt's file."""
    receipt_row = leave_links.receipt_of(token, kind)
    response = JsonResponse(
        receipts.as_file(receipt_row), json_dumps_params={"ensure_ascii": False}
    )
    name = f"jamsite-receipt-{receipt_row.issued_at.date().isoformat()}-{receipt_row.kind}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return kept_secret(response)


@require_safe
def receipt_key(request: HttpRequest) -> HttpResponse:
    """Publish the keys that receipts are verified with, as a JSON Web Key Set."""
    return JsonResponse(receipts.key_set(), content_type="application/jwk-set+json")


@csrf_exempt  # no browser sends it, and no cookie is read: the signature says who it is
@require_POST
def order_callback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an outside service's word that it has deleted. Unknown and unsigned are both 404."""
    spend("order-callback", network_of(request), limit=600, seconds=3600)
    body = request.read(LONGEST_CALLBACK)
    if not provider_orders.called_back(
        public_id, body, request.headers.get("X-Jamsite-Signature", "")
    ):
        raise Http404
    return HttpResponse(status=204)
