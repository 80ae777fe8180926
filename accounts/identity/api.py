"""How the API knows its person: as every route does, see `accounts.identity.signed_in`."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request


class Authentication(SessionAuthentication):
    """Whoever the request is signed in as: by the site's cookie, or by a token.

    Tokens come from signing in under /api/auth/app/: `X-Session-Token` or `Authorization: Bearer`.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = request._request.user
        if not user.is_authenticated:
            return None
        if not request._request.by_token:  # type: ignore[attr-defined]
            self.enforce_csrf(request)
        if not user.is_present:
            raise PermissionDenied(_("This account is leaving or suspended."))
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = "accounts.identity.api.Authentication"
    name = ["sessionToken", "accessToken", "siteCookie"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]
