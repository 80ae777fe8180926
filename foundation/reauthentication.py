"""Fresh authentication: what matters most is given only to who has just shown that it is them."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the person signed in, or confirmed, in the last minutes in this web session.

    The minutes are ACCOUNT_REAUTHENTICATION_TIMEOUT. Without a record the answer is no;
    allauth's own question says yes for people without a password.
    """
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0.0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def ask(request: HttpRequest, back_to: str = "", *args: Any) -> HttpResponseRedirect:
    """Send the person to where they confirm that it is them, and back here afterwards.

    `back_to` names another route (with its arguments) to come back to, where this one takes POST
    alone.
    """
    methods = get_adapter().get_reauthentication_methods(request.user)
    where = methods[0]["url"] if methods else reverse("account_login")
    back = reverse(back_to, args=args) if back_to else request.get_full_path()
    return HttpResponseRedirect(f"{where}?{urlencode({'next': back})}")
