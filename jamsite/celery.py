"""Celery: runs what the database remembers."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jamsite.settings.development")

app = Celery("jamsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]
def write_as_the_site_does(**_about: Any) -> None:
    """Have the worker's lines written by the settings' own formatter, and not by Celery's."""
    logging.config.dictConfig(settings.LOGGING)
