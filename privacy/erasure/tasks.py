"""Jobs of leaving: thin, by id, idempotent."""

from celery import shared_task

from privacy import erasure
from privacy.erasure import leaving_by_mail, provider_orders


@shared_task(name="privacy.run_erasure")
def run_erasure(erasure_id: int) -> None:
    erasure.run(erasure_id)


@shared_task(name="privacy.run_leave_link")
def run_leave_link(link_id: int) -> None:
    leaving_by_mail.run(link_id)


@shared_task(name="privacy.run_deletion_order")
def run_deletion_order(order_id: int) -> None:
    provider_orders.run(order_id)


@shared_task(name="privacy.prove_erasures")
def prove_erasures() -> None:
    """Write the second receipts of whom no backup holds any more; tell of overdue orders."""
    erasure.expire_backups()
    provider_orders.alarm()
