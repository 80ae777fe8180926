"""Limits on the ways in, the same for pages and for apps; and where other people's apps end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.identity.signed_in import WAYS_IN
from foundation import clients
from foundation.limits import Away, TooMany, network_of, spend
from foundation.problems import away, problem_response, too_many

HOUR = 3600
APP = "headless:app"


@dataclass(frozen=True)
class Limit:
    """How often something may be sent; by the account of who is signed in, or by network."""

    name: str
    limit: int
    seconds: int = HOUR


SIGN_IN = Limit("sign-in", 120, 15 * 60)  # a whole school may come from one network
AGE = Limit("age", 120)
SIGN_UP = Limit("sign-up", 60)
RESET = Limit("reset", 30)
CONFIRM = Limit("confirm-address", 60)
AGAIN = Limit("reauthenticate", 20, 15 * 60)
SECOND = Limit("second-factor", 30, 15 * 60)
PASSWORD = Limit("change-password", 10)
ADDRESS = Limit("change-address", 20)
TOKENS = Limit("refresh", 600)

LIMITS = {
    "account_login": SIGN_IN,
    f"{APP}:account:login": SIGN_IN,
    "mfa_login_webauthn": SIGN_IN,
    f"{APP}:mfa:login_webauthn": SIGN_IN,
    "mfa_authenticate": SECOND,
    f"{APP}:mfa:authenticate": SECOND,
    f"{APP}:mfa:authenticate_webauthn": SECOND,
    "sign_up_age": AGE,
    "account_signup": SIGN_UP,
    "app_sign_up": SIGN_UP,
    "socialaccount_signup": SIGN_UP,
    "app_network": SIGN_IN,
    "app_network_sign_up": SIGN_UP,
    "account_reset_password": RESET,
    "app_reset": RESET,
    "account_reset_password_from_key": RESET,
    f"{APP}:account:reset_password": RESET,
    "account_confirm_email": CONFIRM,
    f"{APP}:account:verify_email": CONFIRM,
    "account_reauthenticate": AGAIN,
    "mfa_reauthenticate": AGAIN,
    "mfa_reauthenticate_webauthn": AGAIN,
    f"{APP}:account:reauthenticate": AGAIN,
    f"{APP}:mfa:reauthenticate": AGAIN,
    f"{APP}:mfa:reauthenticate_webauthn": AGAIN,
    "account_change_password": PASSWORD,
    "account_set_password": PASSWORD,
    f"{APP}:account:change_password": PASSWORD,
    "account_email": ADDRESS,
    f"{APP}:account:manage_email": ADDRESS,
    f"{APP}:tokens:refresh": TOKENS,
}


class EntranceLimits:
    """Counts what is sent to the ways in. TooMany becomes the 429 that states the limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        limit = LIMITS.get(match.view_name) if match is not None else None
        if limit is not None and request.method not in {"GET", "HEAD"}:
            try:
                spend(
                    limit.name,
                    _who(request),
                    limit=limit.limit,
                    seconds=limit.seconds,
                    guards=True,
                )
            except TooMany as error:
                return too_many(request, error)
            except Away as error:
                return away(request, error.wait)
        return None


SAFE = ("GET", "HEAD", "OPTIONS")


class OutsideApps:
    """What somebody else's app can't do in the name of who is signed in.

    A child uses our own pages and apps alone. Who keeps other people's apps out isn't written for
    by one: what it made it couldn't even be shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        machine = request.path.startswith("/api/")
        if request.path.startswith(WAYS_IN) or clients.app_of(request, machine=machine) is None:
            return None
        user: Any = request.user
        if not user.is_authenticated:
            return None
        if user.is_child:
            said = _("A child's account is used on this site's own pages and apps alone.")
            return problem_response(request, 403, said)
        if not user.api_access and request.method not in SAFE:
            said = _(
                "This account keeps other people's apps out. It can be changed on the website."
            )
            return problem_response(request, 403, said)
        return None


def _who(request: HttpRequest) -> str:
    """Return who is counted: the account of who is signed in, or else the network."""
    user: Any = request.user
    return f"user:{user.pk}" if user.is_authenticated else network_of(request)
