"""Celery tasks: thin, by id, idempotent."""

from celery import shared_task
from django.conf import settings

from foundation import persistence
from foundation.work import sweep_workshops
from privacy import (
    alarms,
    announcing,
    crashes,
    desk,
    disclosures,
    erasure,
    export,
    intake,
    news,
    notices,
    orders,
    releases,
    retention,
    usage,
)
from privacy.backups import catalogue, making
from privacy.models import (
    Backup,
    DeletionOrder,
    Erasure,
    Export,
    LeaveLink,
    NewsSending,
    Notice,
    PolicyNoticeRun,
)


@shared_task
def run_export(export_id: int) -> None:
    export.run(export_id)


@shared_task
def run_ended_exports() -> None:
    export.delete_ended()


@shared_task
def run_erasure(erasure_id: int) -> None:
    erasure.run(erasure_id)


@shared_task
def run_notice(notice_id: int) -> None:
    notices.run(notice_id)


@shared_task
def run_policy_notices(run_id: int) -> None:
    announcing.run(run_id)


@shared_task
def policy() -> None:
    """Put in force what is due, and tell whoever is still to be told."""
    releases.begin()
    releases.follow()
    releases.post_due()
    releases.remember()
    for run_id in PolicyNoticeRun.due():
        run_policy_notices.delay(run_id)


@shared_task
def run_news(sending_id: int) -> None:
    news.run(sending_id)


@shared_task
def run_leave_link(link_id: int) -> None:
    intake.run(link_id)


@shared_task
def run_deletion_order(order_id: int) -> None:
    orders.run(order_id)


@shared_task
def sweep() -> None:
    """Take up whatever is due and held by nobody: exports, erasures, mail, orders."""
    for erasure_id in erasure.unsettled():
        erasure.settle(erasure_id)
    for link_id in LeaveLink.due():
        run_leave_link.delay(link_id)
    for order_id in DeletionOrder.due():
        run_deletion_order.delay(order_id)
    for export_id in Export.due():
        run_export.delay(export_id)
    for erasure_id in Erasure.due():
        run_erasure.delay(erasure_id)
    for backup_id in Backup.due():
        run_backup.delay(backup_id)
    for notice_id in Notice.due(limit=500):
        run_notice.delay(notice_id)
    for sending_id in NewsSending.due():
        run_news.delay(sending_id)


@shared_task
def count_usage() -> None:
    """Count the days that are over, and forget faults that came no more."""
    usage.count_days()
    crashes.expire()


@shared_task
def expire() -> None:
    """End whatever the data map says is over, and what killed jobs left in their workshops."""
    retention.enforce()
    sweep_workshops()


@shared_task
def rewrite_store() -> None:
    """Have what ran out in Valkey go from its log on disk too."""
    persistence.rewrite()


@shared_task
def tell_what_was_secret() -> None:
    """Tell people of disclosures whose order not to tell has ended."""
    disclosures.tell_what_was_secret()


@shared_task
def watch_requests() -> None:
    """Answer requests whose copy is ready; raise the alarm for what is due."""
    desk.answer_copies()
    alarms.watch()


@shared_task
def prove_erasures() -> None:
    """Write the second receipts of whom no backup holds any more; tell of overdue orders."""
    erasure.expire_backups()
    orders.alarm()


@shared_task
def run_backup(backup_id: int) -> None:
    making.run(backup_id)


@shared_task
def back_up() -> None:
    """Order the night's backup, where somebody could read it."""
    if settings.BACKUP_RECIPIENTS:
        run_backup.delay(Backup.objects.create().pk)


@shared_task
def expire_backups() -> None:
    """Delete backups whose time is over, and alarm staff of those that must go soon."""
    catalogue.expire()
    catalogue.alarm()
