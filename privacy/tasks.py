"""The sweeper of the machinery; each room's jobs stand in its own `tasks`."""

from celery import shared_task

from foundation.work import send
from privacy import erasure
from privacy.backups.models import Backup
from privacy.backups.tasks import back_up, expire_backups, run_backup
from privacy.datamap.tasks import expire, rewrite_store
from privacy.erasure.models import DeletionOrder, Erasure, LeaveLink
from privacy.erasure.tasks import (
    prove_erasures,
    run_deletion_order,
    run_erasure,
    run_leave_link,
)
from privacy.notices.models import NewsSending, Notice, NoticeFanOut
from privacy.notices.tasks import run_fan_out, run_news, run_notice
from privacy.policy.tasks import policy, run_policy_notices
from privacy.portability.models import Export
from privacy.portability.tasks import run_ended_exports, run_export
from privacy.staff_access.tasks import tell_what_was_secret
from privacy.subject_requests.tasks import watch_requests
from privacy.telemetry.tasks import count_usage

__all__ = [
    "back_up",
    "count_usage",
    "expire",
    "expire_backups",
    "policy",
    "prove_erasures",
    "rewrite_store",
    "run_backup",
    "run_deletion_order",
    "run_ended_exports",
    "run_erasure",
    "run_export",
    "run_fan_out",
    "run_leave_link",
    "run_news",
    "run_notice",
    "run_policy_notices",
    "sweep",
    "tell_what_was_secret",
    "watch_requests",
]


@shared_task(name="privacy.sweep")
def sweep() -> None:
    """Take up whatever is due and held by nobody: exports, erasures, mail, orders."""
    for erasure_id in erasure.unsettled():
        erasure.settle(erasure_id)
    for job, due in (
        ("privacy.run_leave_link", LeaveLink.due()),
        ("privacy.run_deletion_order", DeletionOrder.due()),
        ("privacy.run_export", Export.due()),
        ("privacy.run_erasure", Erasure.due()),
        ("privacy.run_backup", Backup.due()),
        ("privacy.run_fan_out", NoticeFanOut.due()),
        ("privacy.run_notice", Notice.due(limit=500)),
        ("privacy.run_news", NewsSending.due()),
    ):
        for key in due:
            send(job, key)
