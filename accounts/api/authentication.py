"""How the API knows the person of an app's token."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request


class AppAuthentication(BaseAuthentication):
    """`X-Session-Token` or `Authorization: Bearer`, from signing in under /api/auth/app/."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        # REST framework loads this class while the apps that it needs are on their way.
        from accounts.services import tokens
        from foundation import acting
        from privacy import wall
        from privacy.viewer import Via, Viewer

        try:
            found = tokens.person_of(request)
        except LookupError:
            return None  # no token: perhaps the site's own cookie
        if found is None:
            raise AuthenticationFailed(_("This token has run out or was ended. Sign in again."))
        user = found[0]
        if not user.is_present:
            raise PermissionDenied(_("This account is leaving or suspended."))
        acting.become(wall.of(Viewer.of(user, Via.API)))
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class AppScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = "accounts.api.authentication.AppAuthentication"
    name = ["sessionToken", "accessToken"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        ]
