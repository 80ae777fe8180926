"""What somebody reads whose account is suspended, and what they can say to it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.identity.member_request import MemberRequest
from accounts.identity.services import suspensions
from foundation.limits import spend


class AppealForm(forms.Form):
    """What a person says to their suspension."""

    text = forms.CharField(
        label=gettext_lazy("Your objection"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Say what happened as you see it. Somebody else of our staff reads it and decides."
        ),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suspended(request: MemberRequest) -> HttpResponse:
    """Show why and until when, and what is still open; POST objects."""
    row = suspensions.current(request.user)
    if row is None:
        return redirect("home")
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        spend("appeal", str(request.user.pk), limit=10, seconds=3600)
        try:
            suspensions.appeal(request.user, form.cleaned_data["text"])
        except suspensions.Refused as reason:
            messages.error(request, str(reason))
        else:
            messages.success(request, _("Your objection is on our desk. The answer comes here."))
        return redirect("suspended")
    context = {"row": row, "form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/suspended.html", context, status=status)
