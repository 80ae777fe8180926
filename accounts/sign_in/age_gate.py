"""The way in: nobody begins an account before the age question is answered.

The answer is kept in the web session until the account is made, an hour at most. A browser whose
person is too young gets a cookie that says "not today" and nothing else; the server keeps nothing.

    step = required_age_step(request)  # in a view that makes an account
    if step is not None:
        return step

`AccountAdapter.save_user` stands behind it: without an answer no account is made.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.identity.services.ages import Age

ANSWER = "age"  # key in the web session
HOLDS = 3600  # seconds that an answer waits for its account
BARRED = 24 * 3600  # seconds until a browser is asked again
_signer = Signer(salt="accounts.entrance")


def remember_age(request: HttpRequest, age: Age) -> None:
    """Keep the answer for the step that makes the account."""
    session: Any = request.session
    month = age.adult_from.isoformat() if age.adult_from else ""
    if session.is_empty():
        session.set_expiry(HOLDS)  # who goes no further leaves no row for a month
    session[ANSWER] = [str(age.group), month, time.time()]


def age_known(request: HttpRequest) -> Age | None:
    """Return the answer that this visitor gave in the last hour, or None."""
    group, month, at = request.session.get(ANSWER, ("", "", 0.0))
    if not group or time.time() - at > HOLDS:
        return None
    return Age(User.AgeGroup(group), datetime.fromisoformat(month) if month else None)


def forget_age(request: HttpRequest) -> None:
    """The answer has served, or somebody signed in: the next one to sign up here is asked anew."""
    if ANSWER in request.session:
        del request.session[ANSWER]
        request.session.set_expiry(None)


def bar(response: HttpResponse) -> None:
    """Have this browser not ask again today. The cookie is the same for everybody."""
    response.set_cookie(
        settings.AGE_COOKIE_NAME,
        _signer.sign("later"),
        max_age=BARRED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_barred(request: HttpRequest) -> bool:
    """Return whether somebody who is too young answered here today."""
    try:
        return _signer.unsign(request.COOKIES.get(settings.AGE_COOKIE_NAME, "")) == "later"
    except BadSignature:
        return False


def not_yet() -> ValidationError:
    """Return what an app is told of somebody who is too young; a page says it in more words."""
    return ValidationError(
        _("An account isn't possible yet. Don't ask again today."), code="too_young"
    )


def required_age_step(request: HttpRequest) -> HttpResponseBase | None:
    """Return the page to send a visitor to before they may sign up; None when nothing is missing.

    The page brings them back to this very address.
    """
    if is_barred(request):
        return HttpResponseRedirect(reverse("sign_up_later"))
    if age_known(request) is None:
        query = urlencode({"then": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('sign_up_age')}?{query}")
    return None


_too_young: list[Callable[[HttpRequest], object]] = []


def when_too_young(forget: Callable[[HttpRequest], object]) -> None:
    """Register what an app forgets of somebody who turns out to be too young."""
    _too_young.append(forget)


def forget_what_arrived(request: HttpRequest) -> None:
    for forget in _too_young:
        forget(request)
