"""Named lists of the machinery. Each has a constant query count."""

from typing import Any

from django.conf import settings

from privacy.telemetry.models import UsageCount

DAYS_SHOWN = 30


def newest_counts() -> dict[str, Any]:
    """Return the published statistics: cells of the newest counted days, and the least group."""
    cells = UsageCount.objects.order_by("-day", "kind", "name")[: DAYS_SHOWN * 20]
    return {"cells": list(cells), "least": settings.USAGE_MIN_PEOPLE}
