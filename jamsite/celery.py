"""Celery: runs what the database remembers."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jamsite.settings.development")

app = Celery("jamsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
