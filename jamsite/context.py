"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "CSRF_COOKIE_NAME": settings.CSRF_COOKIE_NAME,
        "DEVELOPMENT": settings.DEVELOPMENT_PAGES,
    }
