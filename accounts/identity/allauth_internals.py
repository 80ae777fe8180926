"""Everything of django-allauth that it calls internal, in one place.

What isn't public may change with any of its releases. So pyproject.toml holds it below the next
minor one, nothing else imports from there (tests/architecture/test_allauth.py), and whoever raises
the ceiling reads this list against its changes. A name is looked up when it is first asked for, as
some of these modules need the apps to be loaded.
"""

from importlib import import_module
from typing import Any

_FROM = {
    # reauthentication, confirmation of addresses, the end of sign-up and sign-in
    "add_email_verification_sent_message": "allauth.account.internal.flows.email_verification",
    "clear_login": "allauth.account.internal.stagekit",
    "complete_signup": "allauth.account.internal.flows.signup",
    "get_reauthentication_flows": "allauth.account.internal.flows.reauthentication",
    "record_authentication": "allauth.account.internal.flows.login",
    # apps: whose request it is, their tokens and answers
    "authenticated_user": "allauth.core.internal.httpkit",
    "get_authorization_credential": "allauth.core.internal.httpkit",
    "is_headless_request": "allauth.core.internal.httpkit",
    "get_session_user": "allauth.core.internal.sessionkit",
    "lookup_session": "allauth.headless.internal.sessionkit",
    "new_session": "allauth.headless.internal.sessionkit",
    "ErrorResponse": "allauth.headless.internal.restkit.response",
    # second factors
    "compare_user_code": "allauth.core.internal.cryptokit",
    # networks
    "complete_social_signup": "allauth.socialaccount.internal.flows.signup",
}
_MODULES = {
    "inputs": "allauth.headless.internal.restkit.inputs",
    "jwt": "allauth.headless.tokens.strategies.jwt.internal",
    "social_flows": "allauth.socialaccount.internal.flows",
    "totp": "allauth.mfa.totp.internal.auth",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _FROM:
        return getattr(import_module(_FROM[name]), name)
    raise AttributeError(name)


def names() -> list[str]:
    return [*_FROM, *_MODULES]
