"""Erasures that are under way keep the date their people were told."""

from typing import Any

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def keep_dates(apps: Any, schema_editor: Any) -> None:
    erasures = apps.get_model("privacy", "Erasure").objects
    erasures.update(purge_at=F("due_at"), settled_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("privacy", "0017_leaving")]

    operations = [migrations.RunPython(keep_dates, migrations.RunPython.noop, elidable=True)]
