"""Jobs of backups: thin, by id, idempotent."""

from celery import shared_task
from django.conf import settings

from foundation.work import send
from privacy.backups import catalogue, making
from privacy.backups.models import Backup


@shared_task(name="privacy.run_backup")
def run_backup(backup_id: int) -> None:
    making.run(backup_id)


@shared_task(name="privacy.back_up")
def back_up() -> None:
    """Order the night's backup, where somebody could read it."""
    if settings.BACKUP_RECIPIENTS:
        send("privacy.run_backup", Backup.objects.create().pk)


@shared_task(name="privacy.expire_backups")
def expire_backups() -> None:
    """Delete backups whose time is over, and alarm staff of those that must go soon."""
    catalogue.expire()
    catalogue.alarm()
