"""The second step of staff: a passkey, or a code besides the password, in this very web session."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode


def shown(request: HttpRequest) -> bool:
    """Return whether the person showed it since they came in; or whether this site asks for none.

    Production always asks. Development says on every page of the staff that it doesn't.
    """
    if not settings.STAFF_SECOND_STEP:
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the second step where there is one, or say how to get one."""
    back = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
    types = ["totp", "webauthn", "recovery_codes"]
    if is_mfa_enabled(request.user, types[:1] + types[2:]):
        return redirect(f"{reverse('mfa_reauthenticate')}?{back}")
    if is_mfa_enabled(request.user, types[1:2]):
        return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{back}")
    return render(request, "admin/second_step.html", status=403)
