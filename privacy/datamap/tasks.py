"""Jobs of the data map: what time takes."""

from celery import shared_task

from foundation import persistence
from foundation.work import sweep_workshops
from privacy.datamap import retention_job


@shared_task(name="privacy.expire")
def expire() -> None:
    """End whatever the data map says is over, and what killed jobs left in their workshops."""
    retention_job.enforce()
    sweep_workshops()


@shared_task(name="privacy.rewrite_store")
def rewrite_store() -> None:
    """Have what ran out in Valkey go from its log on disk too."""
    persistence.rewrite()
