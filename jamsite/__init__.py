"""Wiring: settings, URLs, servers, the embedded services. Knows every app; no app knows it."""

from jamsite.celery import app as celery_app

__all__ = ["celery_app"]
