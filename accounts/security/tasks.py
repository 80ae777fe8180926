"""Jobs of security: thin, by id, idempotent."""

from celery import shared_task

from accounts.security.services import locks


@shared_task(name="accounts.run_safety_link")
def run_safety_link(link_id: int) -> None:
    locks.run(link_id)
