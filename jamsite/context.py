"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from privacy.policy.releases import banner_for


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "OPERATOR_NAME": settings.OPERATOR_NAME,
        "CSRF_COOKIE_NAME": settings.CSRF_COOKIE_NAME,
        "DEVELOPMENT": settings.DEVELOPMENT_PAGES,
        # Asked for by pages alone, and only when they have somebody to show it to.
        "announcement": SimpleLazyObject(lambda: banner_for(getattr(request, "user", None))),
    }
